// Products and prices.
import type Stripe from "stripe";
import { z } from "zod";
import { change, emit } from "./events";
import { invalid } from "./failure";
import { isInRange, listPage } from "./lists";
import {
  bool,
  clearableMetadata,
  expand,
  metadata,
  nothing,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { all, changedMetadata, find, get, newIdOf, put, secondsNow, type World } from "./world";

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
