import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { type ShouldRevalidateFunctionArgs, useActionData, useLoaderData } from "@remix-run/react";
import { z } from "zod";
import { PageHeading } from "~/components/shell/page-heading";
import { BillingSettings } from "~/components/tenant/billing-settings";
import { ChatSettings } from "~/components/tenant/chat-settings";
import { DeleteWorkspace } from "~/components/tenant/delete-workspace";
import { FeatureSettings } from "~/components/tenant/feature-settings";
import { GeneralSettings, SlugSettings } from "~/components/tenant/general-settings";
import { RetentionSettings } from "~/components/tenant/retention-settings";
import { AGENT_IDS, AGENT_PROFILES, ENTRY_AGENT } from "../../server/agents/terms";
import { DeleteTenant } from "../../server/lifecycle/contract";
import { ChangeSlug, UpdateSettings } from "../../server/tenants/contract";
import { FEATURES, RETENTION_DAYS_MAX } from "../../server/tenants/terms";
import { api } from "../api.server";
import { parseSearch, redirectWithToast, submitForm } from "../http.server";
import { hasBilling, requireMember, requireRecent } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Settings · Parley" }];

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number);
const lines = z.string().transform((text) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean),
);
const orNull = z
  .string()
  .trim()
  .transform((text) => text || null);
const version = wholeNumber;
const { shape } = UpdateSettings;

const GeneralForm = z.object({ version, name: shape.name.unwrap() });
const BillingForm = z.object({
  version,
  billingContacts: lines.pipe(shape.billingContacts.unwrap()),
  billingWebhookUrl: orNull,
  planMetadata: lines.transform(pairsOf).pipe(shape.planMetadata.unwrap()),
});
const ChatForm = z.object({ version, agentId: orNull, model: orNull });
const FeaturesForm = z
  .object({
    version,
    ...Object.fromEntries(FEATURES.map((feature) => [feature, z.literal("on").optional()])),
  })
  .transform(({ version, ...on }) => ({
    version: Number(version),
    features: Object.fromEntries(FEATURES.map((feature) => [feature, feature in on])),
  }));
const RetentionForm = z.object({
  version,
  retentionDays: z.union([z.literal("").transform(() => null), wholeNumber]),
});
const Search = z.object({
  keep: z.coerce.number().int().min(1).max(RETENTION_DAYS_MAX).optional().catch(undefined),
  confirm: z.string().optional(),
});

export async function loader(args: LoaderFunctionArgs) {
  const { scope } = await requireMember(args);
  const { keep, confirm } = parseSearch(args.request, Search);
  const { tenants, models, billing } = api(args);
  const canDelete = scope.permissions.has("tenant.delete");
  const [settings, offered, preview, paid] = await Promise.all([
    tenants.settings(),
    models.list(),
    keep === undefined ? null : tenants.previewRetention({ days: keep }),
    canDelete && hasBilling() ? billing.subscription() : null,
  ]);
  const isDeleting = canDelete && confirm === "delete";
  if (isDeleting) await requireRecent(args);
  return {
    settings,
    preview: preview && { days: keep ?? 0, ...preview },
    models: offered.items.map(({ id, label }) => ({ id, label })),
    agents: AGENT_IDS.filter((id) => id !== ENTRY_AGENT).map((id) => ({
      id,
      label: AGENT_PROFILES[id].name,
    })),
    canDelete,
    isSubscribed: paid?.subscription?.isCancelling === false,
    isDeleting,
  };
}

type Intent = "general" | "billing" | "chat" | "features" | "retention" | "slug" | "delete";

export async function action(args: ActionFunctionArgs) {
  const { scope } = await requireMember(args);
  const { tenants } = api(args);
  const done = (message: string, to = `/t/${scope.tenant.slug}/settings`) =>
    redirectWithToast(args, to, { kind: "success", message });
  const save = async (change: Parameters<typeof tenants.update>[0]) => {
    await tenants.update(change);
    return done("Settings saved");
  };
  const forms: Record<Intent, () => ReturnType<typeof submitForm<z.ZodType, Response>>> = {
    general: () => submitForm(args, GeneralForm, save),
    billing: () => submitForm(args, BillingForm, save),
    features: () => submitForm(args, FeaturesForm, save),
    retention: () => submitForm(args, RetentionForm, save),
    chat: () =>
      submitForm(args, ChatForm, async (choice) => {
        await tenants.setDefaults(choice);
        return done("Settings saved");
      }),
    slug: () =>
      submitForm(args, ChangeSlug.strip(), async ({ slug: wanted }) => {
        const { slug } = await tenants.changeSlug({ slug: wanted });
        return done("The address has changed", `/t/${slug}/settings`);
      }),
    delete: () =>
      submitForm(args, DeleteTenant.strip(), async ({ confirmation }) => {
        await tenants.delete({ confirmation });
        return done("The workspace is closed", "/account/workspaces");
      }),
  };
  const intent = (await args.request.clone().formData()).get("intent");
  const form = forms[Object.keys(forms).find((known) => known === intent) as Intent] ?? forms.general;
  return form();
}

/** After a conflict the page shows what was saved meanwhile, beside what was typed. */
export function shouldRevalidate({ actionStatus, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  return actionStatus === 409 || defaultShouldRevalidate;
}

export default function SettingsPage() {
  const { settings, preview, models, agents, canDelete, ...end } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const failureOf = (intent: Intent) => (failure?.values["intent"] === intent ? failure : undefined);
  return (
    <>
      <PageHeading title="Settings" description={`For everybody in ${settings.name}.`} />
      <div className="flex flex-col gap-6">
        <GeneralSettings settings={settings} failure={failureOf("general")} />
        <SlugSettings settings={settings} failure={failureOf("slug")} />
        <ChatSettings settings={settings} failure={failureOf("chat")} {...{ models, agents }} />
        <FeatureSettings settings={settings} failure={failureOf("features")} />
        <RetentionSettings settings={settings} failure={failureOf("retention")} preview={preview} />
        <BillingSettings settings={settings} failure={failureOf("billing")} />
        {canDelete && <DeleteWorkspace name={settings.name} {...end} failure={failureOf("delete")} />}
      </div>
    </>
  );
}

/** "Purchase order: 4711", line by line. A line without a colon is a key of nothing, which the contract refuses. */
function pairsOf(texts: string[]): Record<string, string> {
  const pairs = texts.map((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [line, ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  });
  return Object.fromEntries(pairs);
}
