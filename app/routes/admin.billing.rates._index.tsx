import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { Tags } from "lucide-react";
import { Badge } from "~/components/ui/badge";
import { Card, CardHeader } from "~/components/ui/card";
import { EmptyState } from "~/components/ui/empty-state";
import { LocalTime } from "~/components/ui/local-time";
import { TEXT_LINK_CLASS } from "~/components/ui/text-link";
import type { UnpricedModel } from "../../server/catalogue/models";
import { api } from "../api.server";
import { requireOperator } from "../session.server";

export { ErrorNotice as ErrorBoundary } from "~/components/shell/error-page";

export const meta: MetaFunction = () => [{ title: "Prices · Parley" }];

export async function loader(args: LoaderFunctionArgs) {
  await requireOperator(args, "billing.read");
  const { billing } = api(args).admin;
  const [cards, unpriced] = await Promise.all([billing.rateCards(), billing.unpricedModels()]);
  return { cards: cards.items, unpriced: unpriced.items };
}

export default function RatesPage() {
  const { cards, unpriced } = useLoaderData<typeof loader>();
  return (
    <>
      <Card aria-labelledby="cards">
        <CardHeader
          id="cards"
          title="Rate cards"
          description="What a plan's calls cost. A version that has begun is never edited: the next one is drafted."
        />
        {cards.length === 0 && (
          <EmptyState
            icon={<Tags />}
            title="No prices yet"
            description="npm run catalogue:load brings the plans and prices of this installation."
            className="pt-0"
          />
        )}
        <ul className="divide-y divide-line border-line border-t empty:hidden">
          {cards.map(({ code, currency, versions, currentVersion, comingFrom, hasDraft }) => (
            <li
              key={code}
              className="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3.5 text-sm sm:px-6"
            >
              <Link to={`/admin/billing/rates/${code}`} className={TEXT_LINK_CLASS}>
                {code}
              </Link>
              <span className="text-ink-muted">
                {currency}, {versions} {versions === 1 ? "version" : "versions"},{" "}
                {currentVersion === null ? "none in force" : `version ${currentVersion} in force`}
                {comingFrom && (
                  <>
                    , the next from <LocalTime value={comingFrom} hasTime />
                  </>
                )}
              </span>
              {hasDraft && <Badge tone="accent">Draft</Badge>}
            </li>
          ))}
        </ul>
      </Card>
      <Unpriced models={unpriced} />
    </>
  );
}

function Unpriced({ models }: { models: readonly UnpricedModel[] }) {
  return (
    <Card aria-labelledby="unpriced">
      <CardHeader
        id="unpriced"
        title="Models without a price"
        description="Configured here, and not offered where the workspace's rate card has no price for them."
      />
      {models.length === 0 ? (
        <EmptyState title="Every model has a price" className="pt-0" />
      ) : (
        <ul className="divide-y divide-line border-line border-t">
          {models.map(({ model, label, rateCards }) => (
            <li key={model} className="px-5 py-3.5 text-sm [overflow-wrap:anywhere] sm:px-6">
              <span className="font-medium">{label}</span> <code className="text-[13px]">{model}</code>
              <span className="block text-ink-muted">Missing on {rateCards.join(", ")}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
