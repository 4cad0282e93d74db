import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { BooksReport } from "../../../server/wallet/reconciliation";

/** Whether the books agree: the last recomputations, what they found, and the button for one now. */
export function BillingBooks({ books, mayRun }: { books: BooksReport; mayRun: boolean }) {
  const isPending = useNavigation().formData?.get("intent") === "reconcile";
  const [last] = books.runs;
  return (
    <Card aria-labelledby="books">
      <CardHeader
        id="books"
        title="The books"
        description="Every balance, hold, counter and cost is recomputed from its rows once a day."
        action={
          mayRun && (
            <Form method="post">
              <Button
                type="submit"
                name="intent"
                value="reconcile"
                variant="secondary"
                size="sm"
                isPending={isPending}
              >
                Recompute now
              </Button>
            </Form>
          )
        }
      />
      {last === undefined && (
        <EmptyState title="Not recomputed yet" description="The first run is tonight." className="pt-0" />
      )}
      {last && (
        <div className="flex flex-col gap-3 px-5 pb-5 sm:px-6">
          {books.faultCount === 0 ? (
            <Alert tone="success">
              Everything agreed <LocalTime value={last.endedAt} hasTime />.
            </Alert>
          ) : (
            <Faults books={books} />
          )}
        </div>
      )}
      <Runs runs={books.runs} />
    </Card>
  );
}

function Faults({ books: { faults, faultCount } }: { books: BooksReport }) {
  return (
    <>
      <Alert tone="danger">
        {faultCount === 1 ? "1 difference" : `${faultCount} differences`}. Nothing corrects itself: find the
        cause before you adjust anything.
      </Alert>
      <ul className="flex flex-col gap-2 text-sm">
        {faults.map(({ tenantId, fault, firstSeenAt }) => (
          <li key={tenantId + fault} className="[overflow-wrap:anywhere]">
            <Link to={`/admin/billing/accounts/${tenantId}`} className={TEXT_LINK_CLASS}>
              {tenantId}
            </Link>
            : {fault}{" "}
            <span className="text-ink-muted">
              since <LocalTime value={firstSeenAt} hasTime />
            </span>
          </li>
        ))}
      </ul>
      {faultCount > faults.length && (
        <p className="text-ink-muted text-sm">and {faultCount - faults.length} more</p>
      )}
    </>
  );
}

function Runs({ runs }: Pick<BooksReport, "runs">) {
  if (runs.length === 0) return null;
  return (
    <details className="border-line border-t px-5 py-3 text-sm sm:px-6">
      <summary className="cursor-pointer text-ink-muted">Last runs</summary>
      <ul className="mt-2 flex flex-col gap-1">
        {runs.map(({ id, askedBy, startedAt, faultCount }) => (
          <li key={id}>
            <LocalTime value={startedAt} hasTime />,{" "}
            {askedBy === null ? "by the schedule" : "asked for by an operator"}: {faultCount}{" "}
            {faultCount === 1 ? "difference" : "differences"}
          </li>
        ))}
      </ul>
    </details>
  );
}
