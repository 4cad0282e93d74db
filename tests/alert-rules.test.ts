// Alert rules are files; a rule about a metric that is not there would never ring. Labels that a rule names are the metric's.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const FOLDER = "docs/alerts";
const METRIC = /\b(?:counter|gauge|readGauge|readGaugeBy|histogram)\(\s*"([a-z_]+)"([\s\S]{0,400}?)\n?\);/g;
const KEYWORDS = new Set(["by", "sum", "max", "min", "rate", "increase", "and", "or", "unless", "without"]);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes("platform/prisma"));
}

/** Every metric of the code, with the text that says which labels it has. */
const metrics = new Map(
  sources("server").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(METRIC)].map(([, name = "", rest = ""]) => [name, rest] as const),
  ),
);

interface Rule {
  name: string;
  text: string;
  expression: string;
}

const rules: Rule[] = readdirSync(FOLDER).flatMap((file) =>
  readFileSync(join(FOLDER, file), "utf8")
    .split(/^ +- alert: /m)
    .slice(1)
    .map((text) => ({
      name: text.split("\n")[0] ?? "",
      text,
      expression: /^ +expr: (.+)$/m.exec(text)?.[1] ?? "",
    })),
);

test.each(rules)(
  "the rule $name is about metrics that there are, by labels that they have",
  ({ expression }) => {
    const bare = expression.replaceAll(/\{[^}]*\}|\[[^\]]*\]|\bby \([^)]*\)/g, " ");
    const named = [...bare.matchAll(/[a-z][a-z_]+/g)]
      .map(([name]) => name)
      .filter((name) => !KEYWORDS.has(name));
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) expect([...metrics.keys()]).toContain(name);
    for (const [, name = "", labels = ""] of expression.matchAll(/([a-z_]+)\{([^}]*)\}/g))
      for (const [, label = ""] of labels.matchAll(/([a-z_]+)(?:=|!)/g))
        expect(metrics.get(name), `${name}{${label}}`).toContain(`"${label}"`);
  },
);

test.each(rules)(
  "the rule $name says how bad it is, what it is, and where to read what to do",
  ({ text }) => {
    expect(text).toMatch(/severity: (warning|critical)/);
    expect(text).toMatch(/summary: \S/);
    const runbook = /runbook: (\S+)/.exec(text)?.[1] ?? "";
    expect(existsSync(runbook)).toBe(true);
  },
);

test("each rule has a name of its own", () => {
  const names = rules.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("a backlog of open billing pages rings above two minutes", () => {
  const { expression } = rules.find(({ name }) => name === "BillingStreamBacklog") ?? { expression: "" };
  expect(expression).toContain("stripe_billing_stream_backlog_seconds) > 120");
});
