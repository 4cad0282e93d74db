import { type ComponentProps, type ReactNode, useEffect, useState } from "react";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";

export interface PasswordFieldProps extends Omit<ComponentProps<typeof Input>, "type"> {
  label?: string;
  error?: string | undefined;
  hint?: ReactNode;
}

/** A password with a switch that shows it; without JavaScript it is a plain password field. */
export function PasswordField({ label = "Password", error, hint, ...rest }: PasswordFieldProps) {
  const [isShown, setIsShown] = useState(false);
  const [canShow, setCanShow] = useState(false);
  useEffect(() => setCanShow(true), []);
  return (
    <Field label={label} error={error} hint={hint}>
      {(control) => (
        <span className="relative block">
          <Input
            name="password"
            required
            {...rest}
            {...control}
            type={isShown ? "text" : "password"}
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            className="pr-17"
          />
          {canShow && (
            <button
              type="button"
              aria-pressed={isShown}
              aria-label={isShown ? "Hide password" : "Show password"}
              onClick={() => setIsShown(!isShown)}
              className="absolute inset-y-1 right-1 rounded-sm px-3 font-medium text-[13px] text-ink-muted hover:text-ink"
            >
              {isShown ? "Hide" : "Show"}
            </button>
          )}
        </span>
      )}
    </Field>
  );
}
