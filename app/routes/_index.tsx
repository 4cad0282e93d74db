import { type LoaderFunctionArgs, type MetaFunction, redirect } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { rememberedTenant } from "~/active-tenant";
import { LandingPage } from "~/components/landing/landing-page";
import { api } from "../api.server";
import { allowPublic, mustConfirmAddress } from "../session.server";

export const meta: MetaFunction = () => [
  { title: "Parley · AI chat your company can account for" },
  {
    name: "description",
    content:
      "Agents that hand over to each other, answers that outlive the tab, and workspaces the database keeps apart.",
  },
];

export async function loader(args: LoaderFunctionArgs) {
  const session = await allowPublic(args);
  if (!session) return api(args).signup.policy();
  if (mustConfirmAddress(session)) throw redirect("/verify-email");
  const slugs = (await api(args).tenants.list()).map(({ tenant }) => tenant.slug);
  const last = rememberedTenant(args.request.headers.get("cookie"));
  const slug = slugs.find((known) => known === last) ?? slugs[0];
  throw redirect(slug ? `/t/${slug}` : "/account/workspaces");
}

export default function Index() {
  const { needsInvite } = useLoaderData<typeof loader>();
  return <LandingPage needsInvite={needsInvite} />;
}
