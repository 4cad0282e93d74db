import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { ComparisonOverview } from "../../../../server/billing/compare/list";

export interface ComparisonCardProps {
  comparison: ComparisonOverview;
  mayCompare: boolean;
}

/** How the comparison with Stripe stands, and the button for one now. */
export function ComparisonCard({ comparison, mayCompare }: ComparisonCardProps) {
  const isPending = useNavigation().formData?.get("intent") === "compare";
  return (
    <Card aria-labelledby="comparison">
      <CardHeader
        id="comparison"
        title="Compared with Stripe"
        description="Subscriptions, seats, payments and balances are compared once a day. What is still different some minutes later counts."
        action={
          mayCompare && (
            <Form method="post">
              <Button
                type="submit"
                name="intent"
                value="compare"
                variant="secondary"
                size="sm"
                isPending={isPending}
              >
                Compare now
              </Button>
            </Form>
          )
        }
      />
      <div className="px-5 pb-5 sm:px-6">
        <ComparisonNotice comparison={comparison} />
      </div>
    </Card>
  );
}

function ComparisonNotice({ comparison: { open, last, runningSince } }: { comparison: ComparisonOverview }) {
  return (
    <Alert tone={open > 0 ? "danger" : last === null ? "info" : "success"}>
      {differencesWords(open)}{" "}
      {last === null ? (
        "Nothing was compared yet: the first comparison is tonight."
      ) : (
        <>
          The last comparison ended <LocalTime value={last.endedAt} hasTime />, after {last.compared}{" "}
          {last.compared === 1 ? "object" : "objects"}.
        </>
      )}
      {runningSince !== null && (
        <>
          {" "}
          One is under way since <LocalTime value={runningSince} hasTime />.
        </>
      )}
    </Alert>
  );
}

/** On the operators' first page of billing: said only while there is something to look at. */
export function DifferencesBanner({ open }: { open: number }) {
  if (open === 0) return null;
  return (
    <Alert tone="danger">
      {differencesWords(open)}{" "}
      <Link to="/admin/billing/differences" className={TEXT_LINK_CLASS}>
        Look at {open === 1 ? "it" : "them"}
      </Link>
    </Alert>
  );
}

function differencesWords(open: number): string {
  if (open === 0) return "Stripe and the books agree.";
  return open === 1
    ? "In 1 thing Stripe and the books differ."
    : `In ${open} things Stripe and the books differ.`;
}
