import { Form, Link, useNavigate, useSubmit } from "@remix-run/react";
import { useEffect, useRef } from "react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { TEXT_VERIFIED } from "../../../server/auth/terms";
import { AuthPage } from "./auth-page";

/** Only the POST uses the link up, so that mail scanners cannot; a browser sends it by itself. */
export function ConfirmAddress() {
  const form = useRef<HTMLFormElement>(null);
  const isSent = useRef(false);
  const submit = useSubmit();
  useEffect(() => {
    if (isSent.current) return;
    isSent.current = true;
    submit(form.current);
  }, [submit]);
  return (
    <AuthPage
      title="Confirm your email"
      description="One moment: we are confirming that this address is yours."
    >
      <Form ref={form} method="post">
        <input type="hidden" name="intent" value="confirm" />
        <Button type="submit" size="lg" className="w-full">
          Confirm my email
        </Button>
      </Form>
    </AuthPage>
  );
}

export interface AddressConfirmedProps {
  signInPath: string;
  afterMs: number;
}

export function AddressConfirmed({ signInPath, afterMs }: AddressConfirmedProps) {
  const navigate = useNavigate();
  useEffect(() => {
    const timer = setTimeout(() => navigate(signInPath, { replace: true }), afterMs);
    return () => clearTimeout(timer);
  }, [navigate, signInPath, afterMs]);
  return (
    <AuthPage title="Email confirmed">
      <Alert tone="success">{TEXT_VERIFIED}</Alert>
      <p className="mt-6 text-ink-muted text-sm">
        You are being taken to the sign-in.{" "}
        <Link to={signInPath} className={TEXT_LINK_CLASS}>
          Go there now
        </Link>
      </p>
    </AuthPage>
  );
}
