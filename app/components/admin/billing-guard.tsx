import { Link } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { buttonClass } from "~/components/ui/button";
import { Card, CardHeader } from "~/components/ui/card";
import { LocalTime } from "~/components/ui/local-time";
import type { QuotaGuardState } from "../../../server/wallet/operators/quota-guard";

/** Says on every page of billing that allowances refuse nobody, while that is so. */
export function GuardBanner({ guard }: { guard: QuotaGuardState }) {
  if (guard.isOn) return null;
  return (
    <Alert tone="warning">
      The guard of allowances is off
      {guard.changedAt && (
        <>
          {" "}
          since <LocalTime value={guard.changedAt} hasTime />
        </>
      )}
      : no allowance that is used up refuses a call. {guard.reason && `Reason: ${guard.reason}`}
    </Alert>
  );
}

/** How the guard of allowances stands, with the way to switch it for those who may. */
export function GuardCard({ guard, maySwitch }: { guard: QuotaGuardState; maySwitch: boolean }) {
  return (
    <Card aria-labelledby="guard">
      <CardHeader
        id="guard"
        title={`Guard of allowances: ${guard.isOn ? "on" : "off"}`}
        description="While it is off, calls go on when a plan's allowance is used up. They are counted, and spending limits and reserves still refuse."
        action={
          maySwitch && (
            <Link to="?act=guard" preventScrollReset className={buttonClass("secondary", "sm")}>
              {guard.isOn ? "Switch off" : "Switch on"}
            </Link>
          )
        }
      />
    </Card>
  );
}
