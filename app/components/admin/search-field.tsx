import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { SEARCH_LENGTH_MAX } from "../../../server/admin/terms";

export interface SearchFieldProps {
  value: string | undefined;
  /** What is searched, as an example of it. */
  placeholder: string;
}

/** The field of a filter form that searches by words. */
export function SearchField({ value, placeholder }: SearchFieldProps) {
  return (
    <Field label="Search" className="col-span-2">
      {(control) => (
        <Input
          {...control}
          type="search"
          name="search"
          maxLength={SEARCH_LENGTH_MAX}
          placeholder={placeholder}
          defaultValue={value}
        />
      )}
    </Field>
  );
}
