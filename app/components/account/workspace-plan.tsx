import { Link } from "@remix-run/react";
import { Fact } from "~/components/admin/fact";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { CurrentPlan } from "../../../server/catalogue/plans";
import { STANDING_LABELS } from "../../../server/catalogue/terms";

export interface WorkspacePlanProps {
  workspace: { slug: string; name: string };
  current: CurrentPlan;
  hasBilling: boolean;
}

/** Plan and seats of the workspace one works in, in words; graphs and money stand on its billing page. */
export function WorkspacePlan({ workspace, current, hasBilling }: WorkspacePlanProps) {
  const { plan, standing, trialEndsAt, seats, createdAt, changedAt } = current;
  return (
    <Card aria-labelledby="plan">
      <CardHeader
        id="plan"
        title={`Plan of ${workspace.name}`}
        description="The workspace you work in."
        action={
          hasBilling && (
            <Link to={`/t/${workspace.slug}/billing`} className={`${TEXT_LINK_CLASS} text-sm`}>
              Billing
            </Link>
          )
        }
      />
      <dl className="divide-y divide-line border-line border-t">
        <Fact name="Plan">
          {plan.name}, {STANDING_LABELS[standing].toLowerCase()}
          {trialEndsAt && (
            <>
              {" "}
              until <LocalTime value={trialEndsAt} />
            </>
          )}
        </Fact>
        <Fact name="Seats">
          {seats.limit === null ? `${seats.used}, without a limit` : `${seats.used} of ${seats.limit}`}
        </Fact>
        <Fact name="On this plan since">
          <LocalTime value={changedAt} />
        </Fact>
        <Fact name="Workspace since">
          <LocalTime value={createdAt} />
        </Fact>
      </dl>
    </Card>
  );
}
