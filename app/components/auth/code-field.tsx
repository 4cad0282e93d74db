import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

export interface CodeFieldProps {
  error?: string | undefined;
  /** A recovery code has letters and is nothing an app fills in. */
  isRecovery?: boolean;
  autoFocus?: boolean;
}

/** A security code out of the authenticator app, or a recovery code in its place. */
export function CodeField({ error, isRecovery = false, autoFocus = false }: CodeFieldProps) {
  const kind = isRecovery
    ? { autoComplete: "off", autoCapitalize: "characters", placeholder: "AAAA-BBBB-CCCC-1111" }
    : { autoComplete: "one-time-code", inputMode: "numeric" as const, placeholder: "123456" };
  return (
    <Field label={isRecovery ? "Recovery code" : "Security code"} error={error}>
      {(control) => (
        <Input
          {...control}
          {...kind}
          name="code"
          required
          autoFocus={autoFocus}
          autoCorrect="off"
          spellCheck={false}
          maxLength={40}
          className="font-mono tracking-widest"
        />
      )}
    </Field>
  );
}
