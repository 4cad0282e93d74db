import { CodeField } from "~/components/auth/code-field";
import { PasswordField } from "~/components/auth/password-field";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";

interface StepProps {
  errors: Record<string, string>;
  message: string | null;
  isPending: boolean;
}

/** The first step: who is signed in gives the password again. */
export function BeginSetup({
  asksPassword,
  errors,
  message,
  isPending,
}: StepProps & { asksPassword: boolean }) {
  return (
    <>
      {message && <Alert tone="danger">{message}</Alert>}
      <p className="text-ink-muted text-sm leading-6">
        You need an authenticator app on your phone, such as Aegis, 1Password, Google Authenticator or
        Microsoft Authenticator.
      </p>
      {asksPassword && <PasswordField autoComplete="current-password" error={errors["password"]} />}
      <Button type="submit" name="intent" value="begin" size="lg" isPending={isPending}>
        Continue
      </Button>
    </>
  );
}

export interface ConfirmSetupProps extends StepProps {
  setup: { secret: string; qrSvg: string };
}

/** The second step: the secret goes to the app, and the app's first code comes back. */
export function ConfirmSetup({ setup, errors, message, isPending }: ConfirmSetupProps) {
  return (
    <>
      {message && <Alert tone="danger">{message}</Alert>}
      <p className="text-sm">1. Scan this with your authenticator app.</p>
      <img
        src={`data:image/svg+xml;utf8,${encodeURIComponent(setup.qrSvg)}`}
        alt="QR code to enrol Parley in an authenticator app"
        width={208}
        height={208}
        className="rounded-md border border-line"
      />
      <p className="text-ink-muted text-sm leading-6">
        Or type this key into the app:{" "}
        <code data-testid="manual-code" className="break-all font-mono text-ink">
          {setup.secret.match(/.{1,4}/g)?.join(" ")}
        </code>
      </p>
      <p className="text-sm">2. Enter the six digits it shows.</p>
      <CodeField error={errors["code"]} />
      <Button type="submit" name="intent" value="confirm" size="lg" isPending={isPending}>
        Turn on
      </Button>
    </>
  );
}
