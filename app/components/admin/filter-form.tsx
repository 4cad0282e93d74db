import { Form, Link } from "@remix-run/react";
import type { ReactNode } from "react";
import { Button, buttonClass } from "~/components/ui/button";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { Select } from "~/components/ui/select";

export interface FilterFormProps {
  /** What is searched: the form's name. */
  label: string;
  /** The page without filters. */
  clearTo: string;
  /** What the fields were filled from. */
  values: object;
  children: ReactNode;
}

/** The filters over a list, as a plain form: what was asked for stands in the address. */
export function FilterForm({ label, clearTo, values, children }: FilterFormProps) {
  return (
    <Form
      // A new address brings new values into fields that keep what was typed.
      key={JSON.stringify(values)}
      method="get"
      role="search"
      aria-label={label}
      className="grid grid-cols-2 items-end gap-3 border-line border-b px-5 py-4 sm:px-6 lg:grid-cols-4"
    >
      {children}
      <div className="flex gap-2">
        <Button type="submit" variant="secondary">
          Apply
        </Button>
        <Link to={clearTo} className={buttonClass("ghost")}>
          Clear
        </Link>
      </div>
    </Form>
  );
}

export interface FilterChoiceProps {
  label: string;
  name: string;
  value: string | undefined;
  options: readonly (readonly [value: string, label: string])[];
}

export interface FilterTextProps {
  label: string;
  name: string;
  value: string | undefined;
  placeholder: string;
  maxLength: number;
}

/** What somebody types, or nothing. */
export function FilterText({ label, value, ...input }: FilterTextProps) {
  return (
    <Field label={label}>
      {(control) => <Input {...control} {...input} autoComplete="off" defaultValue={value} />}
    </Field>
  );
}

/** One of a few values, or any. */
export function FilterChoice({ label, name, value, options }: FilterChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <Select {...control} name={name} defaultValue={value ?? ""}>
          <option value="">Any</option>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
