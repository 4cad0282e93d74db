import { Form, Link, useNavigation } from "@remix-run/react";
import { Alert } from "~/components/ui/alert";
import { Button } from "~/components/ui/button";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import { AuthPage } from "./auth-page";

export interface LinkActionProps {
  title: string;
  description: string;
  button: string;
  /** Whether a link was opened in this browser. */
  hasLink: boolean;
  answer: { ok: boolean; message: string; reason?: string | null } | undefined;
  /** The way on when it is done. */
  next: { to: string; label: string };
}

/** What a link from a mail does, behind a button: opening the link does nothing yet. */
export function LinkAction({ title, description, button, hasLink, answer, next }: LinkActionProps) {
  const isPending = useNavigation().state === "submitting";
  const isDead = !hasLink || (answer?.reason?.startsWith("token_") ?? false);
  if (answer?.ok || isDead) {
    return (
      <AuthPage title={title}>
        <Alert tone={answer?.ok ? "success" : "danger"}>{answer?.message ?? "This link is not valid."}</Alert>
        <p className="mt-6 text-sm">
          <Link to={answer?.ok ? next.to : "/login"} className={TEXT_LINK_CLASS}>
            {answer?.ok ? next.label : "Go to sign in"}
          </Link>
        </p>
      </AuthPage>
    );
  }
  return (
    <AuthPage title={title} description={description}>
      <Form method="post" className="flex flex-col gap-5">
        {answer && <Alert tone="danger">{answer.message}</Alert>}
        <Button type="submit" size="lg" isPending={isPending}>
          {button}
        </Button>
      </Form>
    </AuthPage>
  );
}
