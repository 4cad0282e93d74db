import { useDeferredValue, useState } from "react";
import { classNames } from "~/components/ui/class-names";
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from "../../../server/auth/terms";
import { PasswordField } from "./password-field";
import { type Strength, strengthOf } from "./password-strength";

const STRENGTHS: Record<Strength, { label: string; level: number; className: string }> = {
  weak: { label: "Weak", level: 1, className: "bg-danger" },
  medium: { label: "Medium", level: 2, className: "bg-warning-ink" },
  strong: { label: "Strong", level: 3, className: "bg-success-ink" },
};

export interface NewPasswordFieldProps {
  label?: string;
  name?: string;
  error?: string | undefined;
  /** Name, address and workspace, which a good password does not contain. */
  ownWords: readonly string[];
}

/** Choosing a password: the rule in words, and a meter that is a hint only. */
export function NewPasswordField({
  label = "Password",
  name = "password",
  error,
  ownWords,
}: NewPasswordFieldProps) {
  const [password, setPassword] = useState("");
  const settled = useDeferredValue(password);
  return (
    <PasswordField
      label={label}
      name={name}
      error={error}
      autoComplete="new-password"
      onChange={(event) => setPassword(event.target.value)}
      hint={
        <>
          {settled && <Meter strength={strengthOf(settled, ownWords)} />}
          {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters. Four unrelated words work well.
        </>
      }
    />
  );
}

function Meter({ strength }: { strength: Strength }) {
  const { label, level, className } = STRENGTHS[strength];
  return (
    <span className="mt-0.5 mb-2 flex items-center gap-3" aria-live="polite">
      <span aria-hidden="true" className="flex flex-1 gap-1">
        {[1, 2, 3].map((step) => (
          <span
            key={step}
            className={classNames("h-1 flex-1 rounded-full", step <= level ? className : "bg-hover")}
          />
        ))}
      </span>
      <span className="w-14 text-right font-medium text-ink">
        <span className="sr-only">Password strength: </span>
        {label}
      </span>
    </span>
  );
}
