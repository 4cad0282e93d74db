import { Views } from "~/components/ui/views";

const VIEWS = [
  { to: "/account/automation", label: "Tokens" },
  { to: "/account/automation/issue", label: "Issue a token" },
  { to: "/account/automation/accounts", label: "Accounts" },
] as const;

/** The way between the pages of machine accounts. */
export function MachineViews() {
  return <Views label="Automation" views={VIEWS} />;
}
