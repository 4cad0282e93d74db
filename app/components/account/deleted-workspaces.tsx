import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { DeletionItem } from "../../../server/lifecycle/tenant-deletion";
import type { FormFailure } from "../../http.server";

export interface DeletedWorkspacesProps {
  deletions: readonly DeletionItem[];
  failure: FormFailure | undefined;
}

/** Own workspaces that are going or gone: the way back while there is one, then the certificate. */
export function DeletedWorkspaces({ deletions, failure }: DeletedWorkspacesProps) {
  if (deletions.length === 0) return null;
  const isWaiting = deletions.some(({ state }) => state === "waiting");
  return (
    <Card aria-labelledby="deleted" tone={isWaiting ? "danger" : "plain"}>
      <CardHeader
        id="deleted"
        title="Deleted workspaces"
        description={
          isWaiting
            ? "Closed for everybody. As an owner you can bring them back until they are erased."
            : "What is left of them is a certificate of what was erased."
        }
      />
      {failure && (
        <Alert tone="danger" className="mx-5 mb-4 sm:mx-6">
          {failure.message}
        </Alert>
      )}
      <ul className="divide-y divide-line border-line border-t">
        {deletions.map((deletion) => (
          <li
            key={deletion.deletionId}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4 text-sm sm:px-6"
          >
            <div className="min-w-0 flex-1 basis-56">
              <h3 className="font-medium [overflow-wrap:anywhere]">{deletion.name}</h3>
              <p className="mt-0.5 text-ink-muted">
                <Fate deletion={deletion} />
              </p>
            </div>
            <WayOn deletion={deletion} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Fate({ deletion: { state, dueAt, erasedAt } }: { deletion: DeletionItem }) {
  if (state === "erased" && erasedAt) {
    return (
      <>
        Erased <LocalTime value={erasedAt} hasTime />
      </>
    );
  }
  if (state === "erasing") return <>Being erased now</>;
  return (
    <>
      Will be erased <LocalTime value={dueAt} hasTime />
    </>
  );
}

function WayOn({ deletion: { deletionId, name, slug, state } }: { deletion: DeletionItem }) {
  const isPending = useNavigation().formData?.get("slug") === slug;
  if (state === "erased") {
    return (
      <a href={`/account/workspaces/${deletionId}`} download className={buttonClass("secondary")}>
        Download certificate<span className="sr-only"> of {name}</span>
      </a>
    );
  }
  if (state !== "waiting" || slug === null) return null;
  return (
    <Form method="post">
      <input type="hidden" name="slug" value={slug} />
      <Button type="submit" name="intent" value="restore" isPending={isPending}>
        Bring it back<span className="sr-only">: {name}</span>
      </Button>
    </Form>
  );
}
