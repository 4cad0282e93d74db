import { useSearchParams } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";

/** What somebody reads who comes back from paying: the reserve grows when the payment is confirmed, not by coming back. */
export function TopUpReturn() {
  const outcome = useSearchParams()[0].get("topup");
  if (outcome === "paid")
    return (
      <Alert tone="success">
        Thank you. The reserve grows as soon as the payment is confirmed, usually within seconds.
      </Alert>
    );
  if (outcome === "cancelled") return <Alert>The payment was cancelled; nothing was charged.</Alert>;
  return null;
}
