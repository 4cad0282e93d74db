import { SettingsCard, typedOr } from "~/components/tenant/settings-card";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { Textarea } from "~/components/ui/textarea";
import type { OwnRequest } from "../../../server/wallet/limits/requests";
import { EXTRA_NANO_USUAL, LIMIT_NOTE_LENGTH_MAX, roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { amountText } from "./words";

interface AskForMoreProps {
  request: OwnRequest | null;
  failure: FormFailure | undefined;
}

const STATES = {
  pending: "An admin has yet to answer.",
  accepted: "It was accepted. If you are still held up, ask an admin in person.",
  declined: "It was declined. You can ask again next month.",
};

/** The way to more for those who cannot take it themselves; once a month. */
export function AskForMore({ request, failure }: AskForMoreProps) {
  if (request !== null)
    return (
      <Card aria-labelledby="ask">
        <CardHeader
          id="ask"
          title={`You asked for ${roundDollars(request.extraNano)} more`}
          description={
            <>
              On <LocalTime value={request.createdAt} hasTime />. {STATES[request.state]}
            </>
          }
        />
      </Card>
    );
  return (
    <SettingsCard
      intent="ask"
      title="Ask for more"
      description="The workspace's admins get a mail and can accept with one click. You can ask once a month."
      stored={null}
      failure={failure}
      button="Ask the admins"
    >
      <Field label="How much more, in dollars" error={failure?.errors["extra"]} className="max-w-xs">
        {(control) => (
          <Input
            {...control}
            name="extra"
            inputMode="decimal"
            defaultValue={typedOr(failure, "extra", amountText(EXTRA_NANO_USUAL.toString()))}
          />
        )}
      </Field>
      <Field label="What for" error={failure?.errors["note"]} isOptional className="max-w-xl">
        {(control) => (
          <Textarea
            {...control}
            name="note"
            rows={2}
            maxLength={LIMIT_NOTE_LENGTH_MAX}
            defaultValue={typedOr(failure, "note", "")}
          />
        )}
      </Field>
    </SettingsCard>
  );
}
