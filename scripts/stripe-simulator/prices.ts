// Prices, and the lookup keys that name them.
import Stripe from "stripe";
import { z } from "zod";
import { change, emit } from "./events";
import { invalid } from "./failure";
import { isInRange, listPage } from "./lists";
import {
  bool,
  clearableMetadata,
  count,
  expand,
  int,
  metadata,
  nothing,
  oneOf,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, get, newIdOf, put, secondsNow, type World } from "./world";

const lookupKey = z.string().max(200);

const createPrice = paramsOf<Stripe.PriceCreateParams>()({
  currency: z.string().regex(/^[a-z]{3}$/),
  product: text.exactOptional(),
  unit_amount: count,
  active: bool.exactOptional(),
  lookup_key: lookupKey.exactOptional(),
  transfer_lookup_key: bool.exactOptional(),
  metadata,
  nickname: text.exactOptional(),
  recurring: z
    .strictObject({
      interval: z.enum(["day", "week", "month", "year"]),
      interval_count: int.exactOptional(),
      usage_type: oneOf<Stripe.PriceCreateParams.Recurring.UsageType>()("licensed"),
    })
    .exactOptional(),
  tax_behavior: oneOf<Stripe.PriceCreateParams.TaxBehavior>()("exclusive", "inclusive", "unspecified"),
  expand,
});
const updatePrice = paramsOf<Stripe.PriceUpdateParams>()({
  active: bool.exactOptional(),
  lookup_key: lookupKey.exactOptional(),
  transfer_lookup_key: bool.exactOptional(),
  metadata: clearableMetadata,
  nickname: text.exactOptional(),
  tax_behavior: oneOf<Stripe.PriceUpdateParams.TaxBehavior>()("exclusive", "inclusive", "unspecified"),
  expand,
});
const listPrices = paramsOf<Stripe.PriceListParams>()({
  ...page,
  active: bool.exactOptional(),
  created: range,
  currency: text.exactOptional(),
  lookup_keys: z.array(lookupKey).max(10).exactOptional(),
  product: text.exactOptional(),
  type: oneOf<Stripe.PriceListParams["type"]>()("one_time", "recurring"),
  recurring: z
    .strictObject({ interval: z.enum(["day", "week", "month", "year"]).exactOptional() })
    .exactOptional(),
});

export const PRICE_ROUTES: Route[] = [
  route("POST /v1/prices", createPrice, ({ world, params }) => makePrice(world, params)),
  route("GET /v1/prices", listPrices, ({ world, params }) => {
    const found = all(world, "price")
      .filter(({ created }) => isInRange(created, params.created))
      .filter(({ active }) => params.active === undefined || active === params.active)
      .filter(({ currency }) => params.currency === undefined || currency === params.currency)
      .filter(({ product }) => params.product === undefined || product === params.product)
      .filter(({ type }) => params.type === undefined || type === params.type)
      .filter(
        ({ recurring }) => !params.recurring?.interval || recurring?.interval === params.recurring.interval,
      )
      .filter(({ lookup_key }) => !params.lookup_keys || params.lookup_keys.includes(lookup_key ?? ""));
    return listPage(found, params, "/v1/prices");
  }),
  route("GET /v1/prices/:id", nothing, ({ world, id }) => get(world, "price", id)),
  route("POST /v1/prices/:id", updatePrice, ({ world, params, id }) => {
    const price = get(world, "price", id);
    if (params.lookup_key) takeLookupKey(world, { ...params, id });
    const changes: Partial<Stripe.Price> = {
      ...(params.active === undefined ? {} : { active: params.active }),
      ...(params.lookup_key === undefined ? {} : { lookup_key: params.lookup_key }),
      ...(params.nickname === undefined ? {} : { nickname: params.nickname }),
      ...(params.tax_behavior === undefined ? {} : { tax_behavior: params.tax_behavior }),
      metadata: changedMetadata(price.metadata, params.metadata),
    };
    change(world, price, { type: "price.updated", changes });
    return price;
  }),
];

function makePrice(world: World, params: z.output<typeof createPrice>): Stripe.Price {
  if (!params.product)
    throw invalid("Missing required param: product.", { code: "parameter_missing", param: "product" });
  get(world, "product", params.product, "product");
  if (params.lookup_key) takeLookupKey(world, { ...params, id: "" });
  const { recurring } = params;
  const price = put(world, "price", {
    id: newIdOf("price"),
    object: "price",
    active: params.active ?? true,
    billing_scheme: "per_unit",
    created: secondsNow(world),
    currency: params.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: params.lookup_key ?? null,
    metadata: changedMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product: params.product,
    recurring: recurring
      ? {
          interval: recurring.interval,
          interval_count: recurring.interval_count ?? 1,
          meter: null,
          trial_period_days: null,
          usage_type: "licensed",
        }
      : null,
    tax_behavior: params.tax_behavior ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? "recurring" : "one_time",
    unit_amount: params.unit_amount,
    unit_amount_decimal: Stripe.Decimal.from(params.unit_amount),
  });
  emit(world, "price.created", price);
  return price;
}

/** A lookup key belongs to one price; `transfer_lookup_key` takes it away from the one that has it. */
function takeLookupKey(
  world: World,
  wanted: { lookup_key?: string | undefined; transfer_lookup_key?: boolean | undefined; id: string },
): void {
  const holder = all(world, "price").find(
    (price) => price.lookup_key === wanted.lookup_key && price.id !== wanted.id,
  );
  if (!holder) return;
  if (!wanted.transfer_lookup_key)
    throw invalid(`A price (\`${holder.id}\`) already uses that lookup key.`, { param: "lookup_key" });
  change(world, holder, { type: "price.updated", changes: { lookup_key: null } });
}
