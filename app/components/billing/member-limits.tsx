import { Form, Link, useNavigation, useSearchParams } from "@remix-run/react";
import { MemberSearch } from "~/components/members/member-search";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { Field } from "~/components/ui/field";
import { FoldingTable } from "~/components/ui/folding-table";
import { Input } from "~/components/ui/input";
import { Pagination } from "~/components/ui/pagination";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { MemberLimitItem } from "../../../server/wallet/limits/limits";
import { exactDollars, roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { capText } from "./words";

interface MemberLimitsProps {
  members: { items: readonly MemberLimitItem[]; total: number; page: number; pages: number };
  search: string;
  canManage: boolean;
  failure: FormFailure | undefined;
}

/** What each member spent this month, and how much they may. */
export function MemberLimits({ members, search, canManage, failure }: MemberLimitsProps) {
  const [params] = useSearchParams();
  const chosen = failure?.values["userId"] ?? params.get("member");
  return (
    <Card aria-labelledby="members" className="overflow-hidden">
      <CardHeader
        id="members"
        title="Members"
        description="Who spent most stands first. A member's limit can only be tighter than the workspace's, and always stops."
      />
      <MemberSearch search={search} clearTo="?" />
      {members.items.length === 0 ? (
        <EmptyState title="Nobody was found" description="Search for another name or address." />
      ) : (
        <FoldingTable columns={["Member", "Spent", "Limit a month"]} foldsBelow="md" hasActions={canManage}>
          {members.items.map((member) => (
            <Row
              key={member.userId}
              member={member}
              canManage={canManage}
              isChosen={canManage && member.userId === chosen}
              failure={member.userId === chosen ? failure : undefined}
            />
          ))}
        </FoldingTable>
      )}
      <Pagination {...members} noun={members.total === 1 ? "member" : "members"} />
    </Card>
  );
}

interface RowProps {
  member: MemberLimitItem;
  canManage: boolean;
  isChosen: boolean;
  failure: FormFailure | undefined;
}

const CELL = "max-md:block max-md:px-5 md:px-3 md:py-3";

function Row({ member, canManage, isChosen, failure }: RowProps) {
  const { userId, name, email, spentNano, monthlyCapNano } = member;
  return (
    <tr className="max-md:block max-md:py-3">
      <th
        scope="row"
        className="px-5 text-left font-normal [overflow-wrap:anywhere] max-md:block md:px-6 md:py-3"
      >
        <span className="font-medium">{name}</span>
        {name !== email && <span className="block text-ink-muted">{email}</span>}
      </th>
      <td className={`${CELL} whitespace-nowrap tabular-nums`} title={exactDollars(spentNano)}>
        <span className="text-ink-muted md:hidden">Spent </span>
        {roundDollars(spentNano)}
      </td>
      <td className={`${CELL} tabular-nums`}>
        {isChosen ? (
          <CapForm member={member} failure={failure} />
        ) : (
          <>
            <span className="text-ink-muted md:hidden">Limit </span>
            {monthlyCapNano === "0" ? (
              <span className="text-ink-muted">None of their own</span>
            ) : (
              roundDollars(monthlyCapNano)
            )}
          </>
        )}
      </td>
      {canManage && (
        <td className={`${CELL} max-md:pt-2 md:px-6 md:text-right`}>
          {!isChosen && <Choose userId={userId} name={name} />}
        </td>
      )}
    </tr>
  );
}

function Choose({ userId, name }: { userId: string; name: string }) {
  const [params] = useSearchParams();
  const to = new URLSearchParams(params);
  to.set("member", userId);
  return (
    <Link
      to={`?${to}`}
      preventScrollReset
      aria-label={`Change the limit of ${name}`}
      className={buttonClass("secondary", "sm")}
    >
      Change
    </Link>
  );
}

function CapForm({ member, failure }: { member: MemberLimitItem; failure: FormFailure | undefined }) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("userId") === member.userId;
  const error = failure?.errors["cap"] ?? failure?.errors["monthlyCapNano"];
  return (
    <Form ref={form} method="post" noValidate preventScrollReset className="flex flex-col gap-2">
      {failure && !error && <Alert tone="warning">{failure.message}</Alert>}
      <input type="hidden" name="userId" value={member.userId} />
      <input type="hidden" name="version" value={member.version} />
      <div className="flex flex-wrap items-end gap-2">
        <Field label={`Limit of ${member.name} in dollars`} error={error} hint="Empty for none.">
          {(control) => (
            <Input
              {...control}
              name="cap"
              inputMode="decimal"
              defaultValue={failure?.values["cap"] ?? capText(member.monthlyCapNano)}
            />
          )}
        </Field>
        <Button type="submit" name="intent" value="member" size="sm" isPending={isPending} className="mb-6">
          Save
        </Button>
      </div>
    </Form>
  );
}
