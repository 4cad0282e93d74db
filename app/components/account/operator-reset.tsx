import { Link } from "@remix-run/react";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";

/** For operators: the way from their own password to setting somebody else's. */
export function OperatorReset() {
  return (
    <Card aria-labelledby="operator-reset">
      <CardHeader
        id="operator-reset"
        title="Another person's password"
        description="Find the person and choose “Set a new password”. Their sessions end, and the audit log keeps who did it and why."
        action={
          <Link to="/admin/users" className={buttonClass("secondary", "sm")}>
            Find a person
          </Link>
        }
      />
    </Card>
  );
}
