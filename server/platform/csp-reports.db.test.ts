import { expect, test } from "vitest";
import { violationsOf } from "../../tests/factories/violations";
import { recordCspReport } from "./csp-reports";
import { newId } from "./ids";
import { registry } from "./metrics";

const asker = () => ({ id: "r1", ip: newId() });

const legacy = (directive: string) =>
  JSON.stringify({
    "csp-report": { "effective-directive": directive, "blocked-uri": "https://x.example/a?b=c" },
  });

test("both forms of a report are counted by directive", async () => {
  const modern = JSON.stringify([
    { type: "csp-violation", body: { effectiveDirective: "style-src-elem", blockedURL: "inline" } },
  ]);
  expect(await recordCspReport(legacy("img-src"), asker())).toBe(204);
  expect(await recordCspReport(modern, asker())).toBe(204);
  const text = await registry.getSingleMetricAsString("csp_reports_total");
  expect(text).toContain('directive="img-src"');
  expect(text).toContain('directive="style-src-elem"');
});

test("a directive that nobody knows does not become a label", async () => {
  await recordCspReport(legacy('x"} evil{y="'), asker());
  expect(await registry.getSingleMetricAsString("csp_reports_total")).not.toContain("evil");
});

test("what is no report is 400, and too many are 429", async () => {
  for (const body of ["", "{", "[1]", "{}", '"x"']) expect(await recordCspReport(body, asker())).toBe(400);
  const flood = asker();
  const statuses = new Set<number>();
  for (let round = 0; round < 62; round += 1) statuses.add(await recordCspReport(legacy("img-src"), flood));
  expect(statuses).toEqual(new Set([204, 429]));
  expect(await violationsOf("csp-report")).toBe(2);
});
