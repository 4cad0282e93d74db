import { Checkbox } from "~/components/ui/checkbox";
import type { CaptchaChallenge } from "../../../server/platform/captcha";
import { Turnstile } from "./turnstile";

export interface CaptchaProps {
  /** Made for this page view; a new one replaces a token that is used up. */
  challenge: CaptchaChallenge;
  error?: string | undefined;
}

/** The captcha of a form, whichever is configured; its token is the field `captchaToken`. */
export function Captcha({ challenge, error }: CaptchaProps) {
  if (challenge.provider === "none") return null;
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="sr-only">Security check</legend>
      {challenge.provider === "turnstile" ? (
        <Turnstile siteKey={challenge.siteKey} action={challenge.action} challenge={challenge} />
      ) : (
        <Simulated key={challenge.token} token={challenge.token} isInvalid={error !== undefined} />
      )}
      {error && <p className="text-danger-ink text-sm">{error}</p>}
    </fieldset>
  );
}

export interface CaptchaWhenAskedProps {
  challenge: CaptchaChallenge;
  failure:
    | { reason: string | null; errors: Record<string, string>; values: Record<string, string> }
    | undefined;
  /** Known before anything is sent. */
  isDue?: boolean;
}

/** The captcha of a form that asks for one after a refusal. Once it was asked for it stays, whatever is refused next. */
export function CaptchaWhenAsked({ challenge, failure, isDue = false }: CaptchaWhenAskedProps) {
  const isAsked = failure?.reason === "captcha_required" || failure?.values["hasCaptcha"] === "1";
  if (!isAsked && !isDue) return null;
  return (
    <>
      <Captcha challenge={challenge} error={failure?.errors["captchaToken"]} />
      <input type="hidden" name="hasCaptcha" value="1" />
    </>
  );
}

function Simulated({ token, isInvalid }: { token: string; isInvalid: boolean }) {
  return (
    <div className="rounded-md border border-line bg-sunken px-4 py-3">
      <Checkbox
        name="captchaToken"
        value={token}
        label="I am a person"
        aria-invalid={isInvalid || undefined}
      />
      <p className="mt-1 text-[13px] text-ink-muted leading-5">
        A stand-in for the security check of a real installation.
      </p>
    </div>
  );
}
