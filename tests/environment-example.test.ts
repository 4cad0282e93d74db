import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { environmentSchema } from "../server/platform/config-schema";

const example = readFileSync(".env.example", "utf8");

test("every setting is explained in .env.example", () => {
  const names = Object.keys(environmentSchema.shape);
  const missing = names.filter((name) => !new RegExp(`^${name}=`, "m").test(example));
  expect(missing).toEqual([]);
});
