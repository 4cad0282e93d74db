// Every command that the documents, the image and the deployment name is one of package.json's.

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(path, "utf8");
const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
const documents = readdirSync("docs").filter((name) => name.endsWith(".md"));
const texts = [
  "Dockerfile",
  "compose.yaml",
  ".env.example",
  "README.md",
  ...documents.map((name) => `docs/${name}`),
];

test.each(texts)("%s runs only what there is", (path) => {
  const unknown = [...read(path).matchAll(/npm(?:", "| )run(?:", "| )([\w:-]+)/g)]
    .map(([, name = ""]) => name)
    .filter((name) => !(name in scripts));
  expect(unknown).toEqual([]);
});

test("the deployment of compose.yaml makes roles, migrates, loads the catalogue and checks Stripe before the app starts", () => {
  const compose = read("compose.yaml");
  for (const name of ["db:provision", "db:migrate", "catalogue:load", "stripe:setup -- --check --if-on"])
    expect(compose).toContain(name);
  expect(compose).toMatch(/migrate:\n +condition: service_completed_successfully/);
});
