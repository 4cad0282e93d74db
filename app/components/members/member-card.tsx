import { Form, Link, useNavigation } from "@remix-run/react";
import { TypedName } from "~/components/tenant/typed-name";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { MemberItem } from "../../../server/members/contract";
import { ROLE_LABELS } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";
import type { MemberViewer } from "./member-table";
import { RoleField } from "./role-field";

export interface MemberCardProps {
  member: MemberItem;
  /** What is asked about them. */
  act: "role" | "remove" | "transfer";
  viewer: MemberViewer;
  tenantName: string;
  failure: FormFailure | undefined;
  /** This page of the list without the card, and with another question in it. */
  to: { list: string; act: (act: "remove" | "transfer") => string };
}

/** What can be done with one person. It stands in the page rather than in a dialog, so that it works without JavaScript. */
export function MemberCard(props: MemberCardProps) {
  if (props.act === "remove") return <RemoveMember {...props} />;
  if (props.act === "transfer" && props.viewer.canTransfer) return <TransferWorkspace {...props} />;
  return <ChangeRole {...props} />;
}

function ChangeRole({ member, viewer, failure, to }: MemberCardProps) {
  const isPending = usePending("role");
  return (
    <Card aria-labelledby="person" tone="accent">
      <CardHeader id="person" title={nameOf(member)} description={member.email} />
      <Form method="post" className="flex max-w-xl flex-col gap-5 px-5 pb-5 sm:px-6">
        <Refusal failure={failure} />
        <input type="hidden" name="userId" value={member.userId} />
        <RoleField viewer={viewer.role} chosen={member.role} error={failure?.errors["role"]} hasFocus />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" name="intent" value="role" isPending={isPending}>
            Save role
          </Button>
          <Link to={to.list} className={buttonClass("secondary")}>
            Cancel
          </Link>
        </div>
      </Form>
      <div className="flex flex-wrap gap-2 border-line border-t px-5 py-4 sm:px-6">
        <Link to={to.act("remove")} className={buttonClass("secondary", "sm")}>
          Remove from the workspace
        </Link>
        {viewer.canTransfer && (
          <Link to={to.act("transfer")} className={buttonClass("secondary", "sm")}>
            Hand the workspace over
          </Link>
        )}
      </div>
    </Card>
  );
}

function RemoveMember({ member, failure, to }: MemberCardProps) {
  const isPending = usePending("remove");
  return (
    <Card aria-labelledby="person" tone="danger">
      <CardHeader
        id="person"
        title={<>Remove {nameOf(member)}?</>}
        description={`${member.email} loses access at once and gets a mail. Their conversations stay theirs, closed to everybody else. If this is their only workspace, their account is closed until somebody invites them again.`}
      />
      <Form method="post" className="flex flex-col gap-5 px-5 pb-5 sm:px-6">
        <Refusal failure={failure} />
        <input type="hidden" name="userId" value={member.userId} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" name="intent" value="remove" variant="danger" isPending={isPending} autoFocus>
            Remove
          </Button>
          <Link to={to.list} className={buttonClass("secondary")}>
            Cancel
          </Link>
        </div>
      </Form>
    </Card>
  );
}

function TransferWorkspace({ member, tenantName, failure, to }: MemberCardProps) {
  const form = useFocusFirstError(failure);
  const isPending = usePending("transfer");
  return (
    <Card aria-labelledby="person" tone="danger">
      <CardHeader
        id="person"
        title={<>Hand the workspace to {nameOf(member)}?</>}
        description={`${member.email} becomes owner, and you become ${ROLE_LABELS.admin.toLowerCase()}: from then on only they can hand it on, or delete it.`}
      />
      <Form ref={form} method="post" noValidate className="flex max-w-form flex-col gap-5 px-5 pb-5 sm:px-6">
        <Refusal failure={failure} />
        <input type="hidden" name="userId" value={member.userId} />
        <TypedName name={tenantName} failure={failure} autoFocus />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" name="intent" value="transfer" variant="danger" isPending={isPending}>
            Hand it over
          </Button>
          <Link to={to.list} className={buttonClass("secondary")}>
            Cancel
          </Link>
        </div>
      </Form>
    </Card>
  );
}

function Refusal({ failure }: { failure: FormFailure | undefined }) {
  if (!failure || Object.keys(failure.errors).length > 0) return null;
  return <Alert tone="danger">{failure.message}</Alert>;
}

function nameOf(member: MemberItem) {
  return <span className="[overflow-wrap:anywhere]">{member.name}</span>;
}

function usePending(intent: string): boolean {
  return useNavigation().formData?.get("intent") === intent;
}
