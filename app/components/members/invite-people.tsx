import { Form, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Textarea } from "~/components/ui/textarea";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { SeatFacts } from "../../../server/members/contract";
import {
  INVITE_MESSAGE_LENGTH_MAX,
  INVITE_VALID_DAYS,
  INVITES_AT_ONCE_MAX,
} from "../../../server/members/terms";
import type { TenantRole } from "../../../server/tenants/terms";
import type { FormFailure } from "../../http.server";
import { RoleField } from "./role-field";

export interface InvitePeopleProps {
  seats: SeatFacts;
  viewer: TenantRole;
  failure: FormFailure | undefined;
}

/** Invites people by their addresses; what a seat costs stands above the form. */
export function InvitePeople({ seats, viewer, failure }: InvitePeopleProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "invite";
  const { errors = {}, values = {} } = failure ?? {};
  return (
    <Card aria-labelledby="invite">
      <CardHeader id="invite" title="Invite people" description={<SeatWords seats={seats} />} />
      <Form
        ref={form}
        // Sent invites leave empty fields for the next ones.
        key={seats.invited}
        method="post"
        noValidate
        className="grid items-start gap-5 px-5 pb-5 sm:grid-cols-2 sm:px-6"
      >
        {failure && Object.keys(errors).length === 0 && (
          <Alert tone="danger" className="sm:col-span-2">
            {failure.message}
          </Alert>
        )}
        {isFull(seats) && (
          <Alert tone="warning" className="sm:col-span-2">
            All seats of the plan are taken. You can invite people, but nobody can accept until a seat is free
            or the plan has more.
          </Alert>
        )}
        <Field
          label="Email addresses"
          hint={`Up to ${INVITES_AT_ONCE_MAX}, one a line or with commas between them.`}
          error={errors["emails"]}
        >
          {(control) => (
            <Textarea
              {...control}
              name="emails"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              defaultValue={values["emails"]}
              required
            />
          )}
        </Field>
        <Field label="Message" isOptional hint="Stands in the mail." error={errors["message"]}>
          {(control) => (
            <Textarea
              {...control}
              name="message"
              maxLength={INVITE_MESSAGE_LENGTH_MAX}
              defaultValue={values["message"]}
            />
          )}
        </Field>
        <RoleField viewer={viewer} chosen={values["role"] ?? "member"} error={errors["role"]} />
        <p className="text-ink-muted text-sm sm:pt-7">
          Each gets a mail with a link that works once, for {INVITE_VALID_DAYS} days, for that address alone.
        </p>
        <Button
          type="submit"
          name="intent"
          value="invite"
          isPending={isPending}
          className="justify-self-start"
        >
          Send invites
        </Button>
      </Form>
    </Card>
  );
}

function isFull({ used, limit }: SeatFacts): boolean {
  return limit !== null && used >= limit;
}

function SeatWords({ seats }: { seats: SeatFacts }) {
  const { used, invited, limit, price } = seats;
  const taken =
    limit === null
      ? `${used} ${used === 1 ? "seat" : "seats"} used, without a limit`
      : `${used} of ${limit} seats used`;
  const waiting = invited === 0 ? "" : `, ${invited} ${invited === 1 ? "invite" : "invites"} waiting`;
  return (
    <>
      {taken}
      {waiting}. An invite takes a seat when it is accepted. {!isFull(seats) && price}
    </>
  );
}
