import { Form, useNavigation } from "@remix-run/react";
import { Laptop, Smartphone } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Button } from "~/components/ui/button";
import { FoldingTable } from "~/components/ui/folding-table";
import { LocalTime } from "~/components/ui/local-time";
import type { SessionItem } from "../../../server/auth/session/own";

export interface SessionTableProps {
  sessions: readonly SessionItem[];
  /** The person's workspaces, to name the one a session was last used in. */
  tenants: readonly { id: string; name: string }[];
}

/** Where a person is signed in. On phones each row folds into a block. */
export function SessionTable({ sessions, tenants }: SessionTableProps) {
  return (
    <FoldingTable columns={["Device", "Address", "Last used", "Signed in"]} hasActions foldsBelow="md">
      {sessions.map((session) => (
        <SessionRow
          key={session.id}
          session={session}
          workspace={tenants.find(({ id }) => id === session.tenantId)?.name}
        />
      ))}
    </FoldingTable>
  );
}

function SessionRow({ session, workspace }: { session: SessionItem; workspace: string | undefined }) {
  return (
    <tr className="max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-4 max-md:px-5 max-md:py-4">
      <th scope="row" className="py-3.5 font-medium max-md:w-full max-md:py-0 md:px-6">
        <span className="flex items-center gap-3">
          <DeviceIcon device={session.device} />
          <span className="min-w-0 [overflow-wrap:anywhere]" title={session.userAgent ?? undefined}>
            {deviceName(session)}
          </span>
          {session.isCurrent && <Badge tone="accent">Current device</Badge>}
        </span>
      </th>
      <td className="text-ink-muted max-md:mt-1 max-md:w-full md:px-3">
        {session.ip ?? "Unknown"}
        {session.place && <span className="block text-xs">{placeWords(session.place)}</span>}
      </td>
      <td className="text-ink-muted max-md:mt-1 md:px-3">
        <span className="md:hidden">Last used </span>
        <LocalTime value={session.lastUsedAt} hasTime />
        {workspace && <span className="block max-w-48 truncate text-xs">{workspace}</span>}
      </td>
      <td className="text-ink-muted max-md:hidden md:px-3">
        <LocalTime value={session.createdAt} />
      </td>
      <td className="max-md:mt-3 max-md:w-full md:px-6 md:text-right">
        <RevokeButton session={session} />
      </td>
    </tr>
  );
}

function RevokeButton({ session }: { session: SessionItem }) {
  const isPending = useNavigation().formData?.get("sessionId") === session.id;
  return (
    <Form method="post">
      <input type="hidden" name="sessionId" value={session.id} />
      <Button
        type="submit"
        name="intent"
        value="revoke"
        variant="secondary"
        size="sm"
        disabled={session.isCurrent}
        isPending={isPending}
        aria-label={`Revoke ${deviceName(session)}`}
      >
        Revoke
      </Button>
    </Form>
  );
}

function DeviceIcon({ device }: { device: string | null }) {
  const Icon = device === "mobile" || device === "tablet" ? Smartphone : Laptop;
  return <Icon aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />;
}

function deviceName({ browser, platform }: SessionItem): string {
  if (!browser && !platform) return "Unknown device";
  return [browser ?? "Unknown browser", platform].filter(Boolean).join(" on ");
}

function placeWords(place: string): string {
  return place === "unknown" ? "Unknown place" : place;
}
