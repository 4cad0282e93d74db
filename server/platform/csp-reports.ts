// Reports of the content security policy, in both forms browsers send (CSP level 2 `csp-report`, Reporting API).

import { z } from "zod";
import { LIMITS } from "./limit-table";
import { logger } from "./logger";
import { cspReportsTotal } from "./metrics";
import { consumeLimits } from "./rate-limit";
import { countViolation } from "./rate-limit-store";

const SAMPLE_SHARE = 0.1;
const TEXT_LENGTH_MAX = 200;
const DIRECTIVE = /^[a-z-]{3,30}$/;
const LIMIT = "csp-report.ip";

const text = z.string().max(4_000).optional();
const legacy = z.object({
  "csp-report": z.object({ "effective-directive": text, "violated-directive": text, "blocked-uri": text }),
});
const modern = z
  .array(z.object({ type: z.string(), body: z.object({ effectiveDirective: text, blockedURL: text }) }))
  .max(20);

const log = logger("csp");

/** Counts a report and logs a sample of them. Answers the HTTP status: 204, 400 for what is no report, 429. */
export async function recordCspReport(body: string, request: { id: string; ip: string }): Promise<number> {
  const { allowed } = await consumeLimits([{ name: LIMIT, key: request.ip, ...LIMITS[LIMIT] }]);
  if (!allowed) {
    countViolation(LIMIT);
    return 429;
  }
  const reports = readReports(body);
  if (reports === null) return 400;
  for (const { directive, blocked } of reports) {
    const known = directive !== undefined && DIRECTIVE.test(directive) ? directive : "other";
    cspReportsTotal.inc({ directive: known });
    if (Math.random() > SAMPLE_SHARE) continue;
    const facts = { directive: known, blocked: originOf(blocked) };
    log.warn(
      { event: "csp.violation", correlation_id: request.id, ...facts },
      "the policy stopped something",
    );
  }
  return 204;
}

function readReports(body: string): { directive: string | undefined; blocked: string | undefined }[] | null {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return null;
  }
  const old = legacy.safeParse(json);
  if (old.success) {
    const report = old.data["csp-report"];
    const directive = report["effective-directive"] ?? report["violated-directive"]?.split(" ")[0];
    return [{ directive, blocked: report["blocked-uri"] }];
  }
  const list = modern.safeParse(json);
  if (!list.success) return null;
  return list.data.map(({ body: report }) => ({
    directive: report.effectiveDirective,
    blocked: report.blockedURL,
  }));
}

// Paths and queries of what was blocked may hold what a person typed; the origin tells enough.
function originOf(blocked: string | undefined): string {
  if (blocked === undefined) return "";
  return (URL.canParse(blocked) ? new URL(blocked).origin : blocked).slice(0, TEXT_LENGTH_MAX);
}
