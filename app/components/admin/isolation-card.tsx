import { Alert } from "~/components/ui/alert";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import type { Certificate } from "../../../server/admin/isolation";
import type { SystemReport } from "../../../server/admin/system";
import { Fact } from "./fact";

/** What the tests proved about workspaces being apart, and whether the live database is the one they proved it of. */
export function IsolationCard({ certificate, live }: SystemReport["isolation"]) {
  const differs = live !== null && certificate !== null && live.forced !== certificate.tables;
  return (
    <Card aria-labelledby="isolation">
      <CardHeader
        id="isolation"
        title="Isolation certificate"
        description="Written by the last complete run of the tests that came with this build, never by hand."
      />
      <div className="flex flex-col gap-3 px-5 pb-4 empty:hidden sm:px-6">
        {live !== null && live.open.length > 0 && (
          <Alert tone="danger">The live database does not guard: {live.open.join(", ")}.</Alert>
        )}
        {differs && (
          <Alert tone="warning">
            The live database has {live.forced} tenant tables, the certificate speaks of {certificate.tables}:
            they are of different versions.
          </Alert>
        )}
      </div>
      {certificate ? (
        <Facts certificate={certificate} live={live} />
      ) : (
        <EmptyState
          title="No certificate"
          description="This build came without the report of its tests. A complete run of the tests writes one."
          className="pt-0"
        />
      )}
    </Card>
  );
}

function Facts({ certificate, live }: { certificate: Certificate; live: SystemReport["isolation"]["live"] }) {
  return (
    <dl className="divide-y divide-line border-line border-t">
      <Fact name="Tenant tables">
        {certificate.tables} under forced row-level security
        {live?.forced === certificate.tables && ", as in the live database"}
      </Fact>
      <Fact name="Procedures">{certificate.procedures} swept with a neighbour's ids</Fact>
      <Fact name="Routes">{certificate.routes} swept with a neighbour's ids</Fact>
      <Fact name="Random calls">
        {certificate.randomCalls}, none showed or changed anything of a neighbour
      </Fact>
      <Fact name="Proved">
        <LocalTime value={certificate.at} hasTime />
        {certificate.commit && (
          <>
            , commit <code className="text-[13px]">{certificate.commit.slice(0, 12)}</code>
          </>
        )}
      </Fact>
    </dl>
  );
}
