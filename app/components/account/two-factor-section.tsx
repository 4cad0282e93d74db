import { Form, Link, useNavigation } from "@remix-run/react";
import { type CaptchaProps, CaptchaWhenAsked } from "~/components/auth/captcha";
import { CodeField } from "~/components/auth/code-field";
import { PasswordField } from "~/components/auth/password-field";
import { RecoveryCodes } from "~/components/auth/recovery-codes";
import { Alert } from "~/components/ui/alert";
import { Badge } from "~/components/ui/badge";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import { RECOVERY_CODES_FEW } from "../../../server/mfa/terms";
import type { FormFailure } from "../../http.server";

export type TwoFactorQuestion = "disable" | "regenerate";

export interface TwoFactorSectionProps {
  state: {
    isEnabled: boolean;
    enabledAt: string | null;
    recoveryCodesLeft: number;
    isRequired: boolean;
    needsCaptcha: boolean;
  };
  /** Which form is open; it stands in the address, so that it opens without scripts too. */
  asking: TwoFactorQuestion | null;
  failure: FormFailure | undefined;
  newCodes: string[] | null;
  captcha: CaptchaProps["challenge"];
}

/** Two-factor authentication: whether it is on, recovery codes, and the ways to change both. */
export function TwoFactorSection({ state, asking, failure, newCodes, captcha }: TwoFactorSectionProps) {
  const { isEnabled, enabledAt, recoveryCodesLeft, isRequired, needsCaptcha } = state;
  return (
    <Card aria-labelledby="two-factor" id="two-factor-card">
      <CardHeader
        id="two-factor"
        title={
          <span className="flex flex-wrap items-center gap-2">
            Two-factor authentication
            <Badge tone={isEnabled ? "success" : "secondary"}>{isEnabled ? "On" : "Off"}</Badge>
          </span>
        }
        description="A code from an authenticator app, beside the password."
        action={
          !isEnabled && (
            <Link to="/2fa/setup?redirectTo=%2Faccount%2Fsecurity" className={buttonClass()}>
              Set up
            </Link>
          )
        }
      />
      {isEnabled && (
        <div className="flex flex-col gap-5 border-line border-t px-5 py-5 sm:px-6">
          {enabledAt && (
            <p className="text-ink-muted text-sm">
              On since <LocalTime value={enabledAt} />. {recoveryCodesLeft} of 10 recovery codes are left.
            </p>
          )}
          {recoveryCodesLeft <= RECOVERY_CODES_FEW && !newCodes && (
            <Alert tone="warning">Few recovery codes are left. Make new ones before you need them.</Alert>
          )}
          {newCodes && <RecoveryCodes codes={newCodes} />}
          {asking && !newCodes ? (
            <ConfirmForm {...{ asking, failure, captcha, needsCaptcha }} />
          ) : (
            <div className="flex flex-wrap gap-3">
              <Link to="?do=regenerate" preventScrollReset className={buttonClass("secondary")}>
                New recovery codes
              </Link>
              {!isRequired && (
                <Link to="?do=disable" preventScrollReset className={buttonClass("secondary")}>
                  Turn off
                </Link>
              )}
            </div>
          )}
          {isRequired && <p className="text-ink-muted text-sm">Operators must keep it on.</p>}
        </div>
      )}
    </Card>
  );
}

const WORDS = {
  disable: {
    heading: "Turn two-factor authentication off?",
    text: "Anyone with your password could then sign in. The recovery codes are deleted.",
    button: "Turn off",
  },
  regenerate: {
    heading: "Make new recovery codes?",
    text: "The ones you have stop working.",
    button: "Make new codes",
  },
};

interface ConfirmFormProps extends Pick<TwoFactorSectionProps, "failure" | "captcha"> {
  asking: TwoFactorQuestion;
  needsCaptcha: boolean;
}

function ConfirmForm({ asking, failure, captcha, needsCaptcha }: ConfirmFormProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formMethod === "POST";
  const { heading, text, button } = WORDS[asking];
  return (
    <Form
      ref={form}
      method="post"
      action={`/account/security?do=${asking}`}
      noValidate
      preventScrollReset
      className="flex max-w-form flex-col gap-4"
    >
      <div>
        <h3 className="font-semibold text-sm">{heading}</h3>
        <p className="mt-1 text-ink-muted text-sm">{text}</p>
      </div>
      {failure && Object.keys(failure.errors).length === 0 && <Alert tone="danger">{failure.message}</Alert>}
      <PasswordField autoComplete="current-password" error={failure?.errors["password"]} />
      <CodeField error={failure?.errors["code"]} />
      <CaptchaWhenAsked challenge={captcha} failure={failure} isDue={needsCaptcha} />
      <div className="flex flex-wrap gap-3">
        <Button
          type="submit"
          name="intent"
          value={asking}
          variant={asking === "disable" ? "danger" : "primary"}
          isPending={isPending}
        >
          {button}
        </Button>
        <Link to="/account/security" preventScrollReset className={buttonClass("secondary")}>
          Cancel
        </Link>
      </div>
    </Form>
  );
}
