import { useSearchParams } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";

/** What somebody reads who comes back from paying: what was paid for arrives when it is confirmed, not by coming back. */
export function PaymentReturn({ isSubscribed }: { isSubscribed: boolean }) {
  const [params] = useSearchParams();
  const outcome = params.get("topup");
  if (outcome === "paid")
    return (
      <Alert tone="success">
        Thank you. The reserve grows as soon as the payment is confirmed, usually within seconds.
      </Alert>
    );
  if (outcome === "cancelled") return <Alert>The payment was cancelled; nothing was charged.</Alert>;
  if (params.get("subscribed") === "1")
    return (
      <Alert tone="success">
        {isSubscribed
          ? "Thank you. The subscription has begun."
          : "Thank you. The subscription appears here as soon as it is confirmed, usually within seconds."}
      </Alert>
    );
  return null;
}
