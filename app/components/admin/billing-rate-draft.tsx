import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button, buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { Field } from "~/components/ui/field";
import { Input } from "~/components/ui/input";
import { LocalTime } from "~/components/ui/local-time";
import { Select } from "~/components/ui/select";
import { useFocusFirstError } from "~/components/ui/use-focus-first-error";
import type { RateDraft } from "../../../server/catalogue/rates/cards";
import { UNITS } from "../../../server/catalogue/terms";
import type { FormFailure } from "../../http.server";
import { RateDifferences } from "./billing-rate-lines";
import { UNIT_LABELS } from "./billing-words";

/** Rows for new prices, which may stay empty. */
const EMPTY_ROWS = 3;

export interface RateDraftCardProps {
  draft: RateDraft;
  currency: string;
  failure: FormFailure | undefined;
}

/** The draft of the next version: what it changes, and each of its prices to be edited. */
export function RateDraftCard({ draft, currency, failure }: RateDraftCardProps) {
  return (
    <Card aria-labelledby="draft" tone="accent">
      <CardHeader
        id="draft"
        title="Draft of the next version"
        description={
          <>
            Prices nothing until it is published. Saved by {draft.updatedBy ?? "somebody who left"},{" "}
            <LocalTime value={draft.updatedAt} hasTime />.
          </>
        }
        action={
          <Link to="?act=publish" preventScrollReset className={buttonClass("primary", "sm")}>
            Look at it again and publish
          </Link>
        }
      />
      <RateDifferences differences={draft.differences} currency={currency} />
      <DraftForm draft={draft} currency={currency} failure={failure} />
      <Form method="post" className="border-line border-t px-5 py-4 sm:px-6">
        <input type="hidden" name="revision" value={draft.revision} />
        <Button type="submit" name="intent" value="drop" variant="secondary" size="sm">
          Throw the draft away
        </Button>
      </Form>
    </Card>
  );
}

function DraftForm({ draft, currency, failure }: RateDraftCardProps) {
  const form = useFocusFirstError(failure);
  const isPending = useNavigation().formData?.get("intent") === "save";
  const { errors = {}, values = {} } = failure ?? {};
  const isAtField = Object.keys(errors).some((name) => name in values);
  const count = Math.max(draft.lines.length + EMPTY_ROWS, rowsIn(values));
  return (
    <Form
      ref={form}
      // A saved draft brings new values into fields that keep what was typed.
      key={draft.revision}
      method="post"
      noValidate
      className="flex flex-col gap-5 border-line border-t px-5 py-5 sm:px-6"
    >
      {failure && !isAtField && <Alert tone="danger">{failure.message}</Alert>}
      <input type="hidden" name="revision" value={draft.revision} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Begins, in UTC" error={errors["effectiveFrom"]} hint="As 2026-12-31T00:00">
          {(control) => (
            <Input
              {...control}
              type="datetime-local"
              name="effectiveFrom"
              defaultValue={values["effectiveFrom"] ?? draft.effectiveFrom.slice(0, 16)}
            />
          )}
        </Field>
        <Field
          label="Cheap models"
          error={errors["cheapModels"]}
          hint="What a low reserve with “cheap models only” still offers. Separated by spaces."
        >
          {(control) => (
            <Input
              {...control}
              name="cheapModels"
              defaultValue={values["cheapModels"] ?? draft.cheapModels.join(" ")}
            />
          )}
        </Field>
      </div>
      <fieldset>
        <legend className="mb-2 font-medium text-sm">
          Prices in {currency}. Empty an item to take its line away; “*” prices every model without a line.
        </legend>
        <ol className="flex flex-col gap-4 lg:gap-2">
          {Array.from({ length: count }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <LineFields key={index} {...{ index, errors, values, line: draft.lines[index] }} />
          ))}
        </ol>
      </fieldset>
      <Button type="submit" name="intent" value="save" isPending={isPending} className="self-start">
        Save the draft
      </Button>
    </Form>
  );
}

interface LineFieldsProps {
  index: number;
  errors: Record<string, string>;
  values: Record<string, string>;
  line: RateDraft["lines"][number] | undefined;
}

function LineFields({ index, errors, values, line }: LineFieldsProps) {
  const field = (name: "item" | "unit" | "price" | "per", kept: string) => {
    const path = `lines.${index}.${name}`;
    const error = errors[path];
    return {
      name: path,
      "aria-label": `${name === "per" ? "For how many" : name}, line ${index + 1}`,
      defaultValue: values[path] ?? kept,
      ...(error && { "aria-invalid": true as const, "aria-describedby": `${path}-error` }),
    };
  };
  const said = ["item", "unit", "price", "per"].filter((name) => errors[`lines.${index}.${name}`]);
  return (
    <li className="grid grid-cols-2 gap-2 lg:grid-cols-4">
      <Input {...field("item", line?.item ?? "")} placeholder="Model or item" maxLength={200} />
      <Select {...field("unit", line?.unit ?? "input_token")}>
        {UNITS.map((unit) => (
          <option key={unit} value={unit}>
            {UNIT_LABELS[unit] ?? unit}
          </option>
        ))}
      </Select>
      <Input {...field("price", line?.price ?? "")} placeholder="Price" inputMode="decimal" maxLength={30} />
      <Input {...field("per", String(line?.per ?? 1_000_000))} inputMode="numeric" maxLength={10} />
      {said.map((name) => (
        <p key={name} id={`lines.${index}.${name}-error`} className="col-span-full text-danger-ink text-sm">
          {errors[`lines.${index}.${name}`]}
        </p>
      ))}
    </li>
  );
}

/** How many rows a form had that came back. */
function rowsIn(values: Record<string, string>): number {
  const places = Object.keys(values).map((name) => Number(/^lines\.(\d+)\.item$/.exec(name)?.[1] ?? -1));
  return Math.max(...places, -1) + 1;
}
