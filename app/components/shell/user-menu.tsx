import { Form, Link } from "@remix-run/react";
import { ChevronsUpDown, LogOut, MonitorSmartphone, ShieldUser, UserRound } from "lucide-react";
import { Avatar } from "~/components/ui/avatar";
import { avatarPath, type SessionPerson } from "~/session";
import { DISCLOSURE_ITEM_CLASS, Disclosure } from "./disclosure";
import { ThemeSwitch } from "./theme-switch";

/** Who is signed in, and what concerns that person alone. */
export function UserMenu({ person }: { person: SessionPerson }) {
  return (
    <Disclosure
      id="user-menu"
      label="Your account"
      className="top-auto right-auto bottom-16 left-2"
      button={
        <>
          <Avatar name={person.name} src={avatarPath(person.avatarId)} />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{person.name}</span>
            <span className="block truncate text-ink-muted text-xs">{person.email}</span>
          </span>
          <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-ink-muted" />
        </>
      }
    >
      <Link to="/account/profile" className={DISCLOSURE_ITEM_CLASS}>
        <UserRound aria-hidden="true" /> Profile
      </Link>
      <Link to="/account/sessions" className={DISCLOSURE_ITEM_CLASS}>
        <MonitorSmartphone aria-hidden="true" /> Sessions
      </Link>
      {person.isOperator && (
        <Link to="/admin" className={DISCLOSURE_ITEM_CLASS}>
          <ShieldUser aria-hidden="true" /> Operator console
        </Link>
      )}
      <div className="flex items-center justify-between px-2.5 py-2">
        <span>Theme</span>
        <ThemeSwitch />
      </div>
      <hr className="-mx-1.5 my-1.5 border-line" />
      <Form method="post" action="/logout">
        <button type="submit" className={DISCLOSURE_ITEM_CLASS}>
          <LogOut aria-hidden="true" /> Sign out
        </button>
      </Form>
    </Disclosure>
  );
}
