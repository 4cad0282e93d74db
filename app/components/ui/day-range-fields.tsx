import { Field } from "./field";
import { Input } from "./input";

export interface DayRangeFieldsProps {
  /** Days as `2026-11-20`; absent ones are not asked for. */
  from: string | undefined;
  to: string | undefined;
  isRequired?: boolean;
}

/** The first and the last day of a span, in UTC, named `from` and `to`. */
export function DayRangeFields({ from, to, isRequired = false }: DayRangeFieldsProps) {
  return (
    <>
      <Field label="From (UTC)">
        {(control) => (
          <Input {...control} type="date" name="from" defaultValue={from} required={isRequired} />
        )}
      </Field>
      <Field label="To (UTC)">
        {(control) => <Input {...control} type="date" name="to" defaultValue={to} required={isRequired} />}
      </Field>
    </>
  );
}
