// Products and prices.
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
  oneOf,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, find, get, newIdOf, put, secondsNow, type World } from "./world";

const nothing = z.strictObject({ expand });
const lookupKey = z.string().max(200);

const createProduct = paramsOf<Stripe.ProductCreateParams>()({
  id: z.string().max(255).exactOptional(),
  name: text,
  active: bool.exactOptional(),
  description: text.exactOptional(),
  metadata,
  statement_descriptor: z.string().max(22).exactOptional(),
  tax_code: text.exactOptional(),
  unit_label: z.string().max(12).exactOptional(),
  expand,
});
const updateProduct = paramsOf<Stripe.ProductUpdateParams>()({
  name: text.exactOptional(),
  active: bool.exactOptional(),
  description: orEmpty(text).exactOptional(),
  metadata: clearableMetadata,
  tax_code: orEmpty(text).exactOptional(),
  unit_label: orEmpty(z.string().max(12)).exactOptional(),
  expand,
});
const listProducts = paramsOf<Stripe.ProductListParams>()({
  ...page,
  active: bool.exactOptional(),
  created: range,
  ids: z.array(text).exactOptional(),
});
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

export const PRODUCT_ROUTES: Route[] = [
  route("POST /v1/products", createProduct, ({ world, params }) => makeProduct(world, params)),
  route("GET /v1/products", listProducts, ({ world, params }) => {
    const found = all(world, "product")
      .filter(({ created }) => isInRange(created, params.created))
      .filter(({ active }) => params.active === undefined || active === params.active)
      .filter(({ id }) => !params.ids || params.ids.includes(id));
    return listPage(found, params, "/v1/products");
  }),
  route("GET /v1/products/:id", nothing, ({ world, id }) => get(world, "product", id)),
  route("POST /v1/products/:id", updateProduct, ({ world, params, id }) => {
    const product = get(world, "product", id);
    const { name, active } = params;
    const changes: Partial<Stripe.Product> = {
      ...(name === undefined ? {} : { name }),
      ...(active === undefined ? {} : { active }),
      ...(params.description === undefined ? {} : { description: params.description || null }),
      ...(params.unit_label === undefined ? {} : { unit_label: params.unit_label || null }),
      ...(params.tax_code === undefined ? {} : { tax_code: params.tax_code || null }),
      metadata: changedMetadata(product.metadata, params.metadata),
    };
    change(world, product, { type: "product.updated", changes });
    return product;
  }),
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

function makeProduct(world: World, params: z.output<typeof createProduct>): Stripe.Product {
  if (params.id && find(world, "product", params.id))
    throw invalid("Product already exists.", { code: "resource_already_exists", param: "id" });
  const now = secondsNow(world);
  const product = put(world, "product", {
    id: params.id ?? newIdOf("product"),
    object: "product",
    active: params.active ?? true,
    created: now,
    default_price: null,
    description: params.description ?? null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: changedMetadata({}, params.metadata),
    name: params.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: params.statement_descriptor ?? null,
    tax_code: params.tax_code ?? null,
    type: "service",
    unit_label: params.unit_label ?? null,
    updated: now,
    url: null,
  });
  emit(world, "product.created", product);
  return product;
}

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
