import { Form } from "@remix-run/react";
import { SettingsCard, savedMeanwhile, typedOr } from "~/components/tenant/settings-card";
import { Alert, type AlertTone } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { Checkbox } from "~/components/ui/checkbox";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import type { AutoTopUp } from "../../../server/billing/money/auto-settings";
import { NANO_PER_CENT, roundDollars } from "../../../server/wallet/terms";
import type { FormFailure } from "../../http.server";
import { amountText } from "./words";

interface AutoTopUpCardProps {
  autoTopUp: AutoTopUp;
  failure: FormFailure | undefined;
}

const NUMBERS = [
  { name: "thresholdNano", label: "Below, in dollars" },
  { name: "amountCents", label: "Add, in dollars" },
  { name: "monthCeilingCents", label: "At most a month, in dollars" },
] as const;

/** How the reserve is filled by itself, and how that stands. */
export function AutoTopUpCard({ autoTopUp, failure }: AutoTopUpCardProps) {
  const { isEnabled, version, thresholdNano, amountCents, monthCeilingCents } = autoTopUp;
  const stored = {
    thresholdNano: amountText(thresholdNano),
    amountCents: amountText(nanoOf(amountCents)),
    monthCeilingCents: amountText(nanoOf(monthCeilingCents)),
  };
  const isChecked = failure ? failure.values["isEnabled"] === "on" : isEnabled;
  return (
    <div className="flex flex-col gap-3">
      <Standing autoTopUp={autoTopUp} />
      <SettingsCard
        intent="auto-top-up"
        title="Automatic top-up"
        description="Charges the saved payment method when the reserve runs low: the amount below, or what is missing when that is more."
        version={version}
        stored={[isEnabled, stored]}
        failure={failure}
        button="Save"
      >
        <Checkbox name="isEnabled" defaultChecked={isChecked} label="Fill the reserve by itself" />
        <div className="grid gap-4 sm:grid-cols-3">
          {NUMBERS.map(({ name, label }) => (
            <Field
              key={name}
              label={label}
              error={failure?.errors[name]}
              hint={savedMeanwhile(failure, name, stored[name])}
            >
              {(control) => (
                <Input
                  {...control}
                  name={name}
                  inputMode="decimal"
                  defaultValue={typedOr(failure, name, stored[name])}
                />
              )}
            </Field>
          ))}
        </div>
      </SettingsCard>
    </div>
  );
}

function Standing({ autoTopUp }: { autoTopUp: AutoTopUp }) {
  const { state, pendingCents, nextTryAt, monthCents } = autoTopUp;
  const pending = roundDollars(nanoOf(pendingCents ?? 0));
  const next = nextTryAt && <LocalTime value={nextTryAt} hasTime />;
  if (state === "needs_action")
    return (
      <Notice tone="warning">
        <p>Your bank wants you to confirm an automatic top-up of {pending}. Pay it here instead:</p>
        <Form method="post" className="mt-2">
          <input type="hidden" name="dollars" value={amountText(nanoOf(pendingCents ?? 0))} />
          <Button type="submit" name="intent" value="top-up" variant="secondary" size="sm">
            Confirm {pending}
          </Button>
        </Form>
      </Notice>
    );
  if (state === "under_way")
    return <Notice tone="info">An automatic top-up of {pending} is under way.</Notice>;
  if (state === "waiting")
    return <Notice tone="warning">The payment method declined. The next try is at {next}.</Notice>;
  if (state === "ceiling")
    return (
      <Notice tone="warning">
        Automatic top-ups have come to {roundDollars(nanoOf(monthCents))} this month; another would pass your
        limit. They go on at {next}.
      </Notice>
    );
  if (state === "paused")
    return (
      <Notice tone="danger">
        Automatic top-ups are paused: the payment method declined several times. Check it, then save to go on.
      </Notice>
    );
  if (state === "no_payment_method")
    return (
      <Notice tone="danger">
        Automatic top-ups are paused: there is no payment method. Top up once by hand to save one, then save
        here.
      </Notice>
    );
  return null;
}

function Notice({ tone, children }: { tone: AlertTone; children: React.ReactNode }) {
  return <Alert tone={tone}>{children}</Alert>;
}

function nanoOf(cents: number): string {
  return (BigInt(cents) * NANO_PER_CENT).toString();
}
