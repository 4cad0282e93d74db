import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import type { FormFailure } from "../../http.server";

export interface TypedNameProps {
  /** The name that has to be typed. */
  name: string;
  failure: FormFailure | undefined;
  autoFocus?: boolean | undefined;
}

/** What must not happen by a slip of the hand needs the workspace's name, typed. */
export function TypedName({ name, failure, autoFocus }: TypedNameProps) {
  return (
    <Field
      label="Type the name of the workspace to confirm"
      hint={<span className="[overflow-wrap:anywhere]">{name}</span>}
      error={failure?.errors["confirmation"]}
    >
      {(control) => (
        <Input
          {...control}
          name="confirmation"
          autoComplete="off"
          defaultValue={failure?.values["confirmation"]}
          autoFocus={autoFocus}
          required
        />
      )}
    </Field>
  );
}
