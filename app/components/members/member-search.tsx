import { Form, Link } from "@remix-run/react";
import { Button, buttonClass } from "~/components/ui/button";
import { Input } from "~/components/ui/input";
import { MEMBER_SEARCH_LENGTH_MAX } from "../../../server/members/terms";

/** A plain form: what was searched for stands in the address. */
export function MemberSearch({ search, clearTo }: { search: string; clearTo: string }) {
  return (
    <Form
      // A new address brings its text into a field that keeps what was typed.
      key={search}
      method="get"
      role="search"
      className="flex flex-wrap gap-2 border-line border-b px-5 py-4 sm:px-6"
    >
      <Input
        type="search"
        name="search"
        aria-label="Name or email address"
        placeholder="Name or email address"
        maxLength={MEMBER_SEARCH_LENGTH_MAX}
        defaultValue={search}
        className="min-w-0 flex-1 basis-48 sm:max-w-sm"
      />
      <Button type="submit" variant="secondary">
        Search
      </Button>
      {search !== "" && (
        <Link to={clearTo} className={buttonClass("ghost")}>
          Clear
        </Link>
      )}
    </Form>
  );
}
