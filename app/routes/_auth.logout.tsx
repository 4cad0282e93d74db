import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Form } from "@remix-run/react";
import { AuthPage } from "~/components/auth/auth-page";
import { Button } from "~/components/ui/button";
import { api } from "../api.server";
import { redirectWithToast } from "../http.server";
import { allowPublic } from "../session.server";

export const meta: MetaFunction = () => [{ title: "Sign out · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await allowPublic(args);
  return null;
}

export async function action(args: ActionFunctionArgs) {
  await allowPublic(args);
  await api(args).auth.logout();
  return redirectWithToast(args, "/login", { kind: "info", message: "You are signed out." });
}

export default function LogoutPage() {
  return (
    <AuthPage title="Sign out" description="Your conversations stay where they are.">
      <Form method="post">
        <Button type="submit" size="lg" className="w-full">
          Sign out
        </Button>
      </Form>
    </AuthPage>
  );
}
