import { Link } from "@remix-run/react";
import { Badge, type BadgeTone } from "~/components/ui/badge";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { RateVersion } from "../../../server/catalogue/rates/cards";
import { RateLines } from "./billing-rate-lines";

const STATES: Record<RateVersion["state"], [label: string, tone: BadgeTone]> = {
  coming: ["To come", "accent"],
  current: ["In force", "success"],
  past: ["Past", "secondary"],
};

export interface RateVersionsProps {
  versions: readonly RateVersion[];
  currency: string;
  mayDecide: boolean;
}

/** Every version with its dates and prices, newest first; one to come that operators published can be recalled. */
export function RateVersions({ versions, currency, mayDecide }: RateVersionsProps) {
  return (
    <Card aria-labelledby="versions">
      <CardHeader id="versions" title="Versions" description="Newest first. Past prices never change." />
      <ul className="divide-y divide-line border-line border-t">
        {versions.map((version, index) => (
          <li key={version.version} className="py-4">
            <div className="flex flex-wrap items-center justify-between gap-3 px-5 text-sm sm:px-6">
              <VersionText version={version} />
              {mayDecide && index === 0 && version.isFixed && version.state === "coming" && (
                <Link to="?act=recall" preventScrollReset className={buttonClass("secondary", "sm")}>
                  Recall
                </Link>
              )}
            </div>
            <details className="mt-2">
              <summary className="cursor-pointer px-5 py-1 text-ink-muted text-sm sm:px-6">
                {version.lines.length} prices of version {version.version}
              </summary>
              <RateLines lines={version.lines} currency={currency} />
            </details>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function VersionText({
  version: { version, state, effectiveFrom, effectiveTo, cheapModels },
}: {
  version: RateVersion;
}) {
  const [label, tone] = STATES[state];
  return (
    <div className="min-w-0 [overflow-wrap:anywhere]">
      <p>
        <span className="mr-2 font-medium">Version {version}</span>
        <Badge tone={tone}>{label}</Badge>
      </p>
      <p className="mt-1 text-ink-muted">
        From <LocalTime value={effectiveFrom} hasTime />
        {effectiveTo && (
          <>
            {" "}
            until <LocalTime value={effectiveTo} hasTime />
          </>
        )}
        {cheapModels.length > 0 && `. Cheap models: ${cheapModels.join(", ")}`}
      </p>
    </div>
  );
}
