// Customers.
import type Stripe from "stripe";
import { z } from "zod";
import { change, emit } from "./events";
import { invalid } from "./failure";
import { isInRange, listPage } from "./lists";
import {
  clearableMetadata,
  expand,
  metadata,
  nothing,
  oneOf,
  orEmpty,
  page,
  paramsOf,
  range,
  text,
} from "./parameters";
import { type Route, route } from "./route";
import { endSubscription } from "./standing";
import { all, changedMetadata, find, get, newIdOf, newStripeId, put, secondsNow, type World } from "./world";

const address = z
  .strictObject({
    city: text.exactOptional(),
    country: text.exactOptional(),
    line1: text.exactOptional(),
    line2: text.exactOptional(),
    postal_code: text.exactOptional(),
    state: text.exactOptional(),
  })
  .exactOptional();

const fields = {
  address,
  description: text.exactOptional(),
  email: z.email().exactOptional(),
  name: text.exactOptional(),
  phone: text.exactOptional(),
  preferred_locales: z.array(text).exactOptional(),
  tax_exempt: oneOf<Stripe.CustomerCreateParams.TaxExempt>()("exempt", "none", "reverse"),
  expand,
};

const createCustomer = paramsOf<Stripe.CustomerCreateParams>()({
  ...fields,
  metadata,
  test_clock: text.exactOptional(),
});
const updateCustomer = paramsOf<Stripe.CustomerUpdateParams>()({
  ...fields,
  metadata: clearableMetadata,
  invoice_settings: z.strictObject({ default_payment_method: orEmpty(text).exactOptional() }).exactOptional(),
});
const listCustomers = paramsOf<Stripe.CustomerListParams>()({
  ...page,
  created: range,
  email: text.exactOptional(),
  test_clock: text.exactOptional(),
});
const searchCustomers = paramsOf<Stripe.CustomerSearchParams>()({
  query: text,
  limit: page.limit,
  page: text.exactOptional(),
  expand,
});

export const CUSTOMER_ROUTES: Route[] = [
  route("POST /v1/customers", createCustomer, ({ world, params }) => create(world, params)),
  route("GET /v1/customers", listCustomers, ({ world, params }) => {
    const found = all(world, "customer")
      .filter(({ created }) => isInRange(created, params.created))
      .filter(({ email }) => params.email === undefined || email === params.email)
      .filter(({ test_clock }) => (params.test_clock ?? null) === test_clock);
    return listPage(found, params, "/v1/customers");
  }),
  route("GET /v1/customers/search", searchCustomers, ({ world, params }) => {
    const found = all(world, "customer").filter((customer) => isFound(customer, params.query));
    const { data, has_more } = listPage(found, { limit: params.limit }, "");
    return { object: "search_result", url: "/v1/customers/search", has_more, next_page: null, data };
  }),
  route("GET /v1/customers/:id", nothing, ({ world, id }) =>
    world.deletedCustomers.includes(id) ? deleted(id) : get(world, "customer", id),
  ),
  route("DELETE /v1/customers/:id", nothing, ({ world, id }) => remove(world, id)),
  route("POST /v1/customers/:id", updateCustomer, ({ world, params, id }) => update(world, id, params)),
];

type CreateCustomer = z.output<typeof createCustomer>;

/** Clauses joined by AND: `email:"..."`, `name:"..."`, `metadata["..."]:"..."`. Stripe's own index is a minute late. */
function isFound(customer: Stripe.Customer, query: string): boolean {
  return query.split(/\s+AND\s+/).every((clause) => {
    const [, field, key = "", value] =
      /^(email|name|metadata)(?:\["([^"]+)"\])?:"([^"]*)"$/.exec(clause.trim()) ?? [];
    if (!field) throw invalid(`We were unable to parse your search query: ${clause}`, { param: "query" });
    if (field === "metadata") return customer.metadata[key] === value;
    return (field === "email" ? customer.email : customer.name) === value;
  });
}

function create(world: World, params: CreateCustomer): Stripe.Customer {
  if (params.test_clock) get(world, "test_helpers.test_clock", params.test_clock, "test_clock");
  const customer = put(world, "customer", { ...blankCustomer(), ...namesOf(params) });
  customer.metadata = changedMetadata({}, params.metadata);
  customer.test_clock = params.test_clock ?? null;
  customer.created = secondsNow(world, customer);
  emit(world, "customer.created", customer);
  return customer;
}

function blankCustomer(): Stripe.Customer {
  return {
    id: newIdOf("customer"),
    object: "customer",
    address: null,
    balance: 0,
    created: 0,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: newStripeId("").slice(1, 9).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
}

function namesOf(params: z.output<typeof updateCustomer> | CreateCustomer): Partial<Stripe.Customer> {
  const { description, email, name, phone, preferred_locales, tax_exempt } = params;
  const sent = { description, email, name, phone, preferred_locales, tax_exempt, address: addressOf(params) };
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
}

function addressOf({ address: sent }: { address?: z.output<typeof address> }): Stripe.Address | undefined {
  if (!sent) return undefined;
  const blank = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null };
  return { ...blank, ...sent } as Stripe.Address;
}

function update(world: World, id: string, params: z.output<typeof updateCustomer>): Stripe.Customer {
  if (world.deletedCustomers.includes(id))
    throw invalid(`No such customer: '${id}'; it was deleted.`, { param: "id" });
  const customer = get(world, "customer", id);
  const wanted = params.invoice_settings?.default_payment_method;
  if (
    wanted &&
    get(world, "payment_method", wanted, "invoice_settings[default_payment_method]").customer !== id
  )
    throw invalid("The payment method is attached to another customer.", {
      param: "invoice_settings[default_payment_method]",
    });
  const changes: Partial<Stripe.Customer> = {
    ...namesOf(params),
    metadata: changedMetadata(customer.metadata, params.metadata),
  };
  if (wanted !== undefined)
    changes.invoice_settings = { ...customer.invoice_settings, default_payment_method: wanted || null };
  change(world, customer, { type: "customer.updated", changes });
  return customer;
}

/** The payment method that is charged where none is named. */
export function defaultPaymentMethod(world: World, customer: string): string | null {
  const wanted = find(world, "customer", customer)?.invoice_settings.default_payment_method ?? null;
  return wanted === null || typeof wanted === "string" ? wanted : wanted.id;
}

/** Its subscriptions end with it; its payments stay. */
function remove(world: World, id: string): Stripe.DeletedCustomer {
  const customer = get(world, "customer", id);
  for (const subscription of all(world, "subscription"))
    if (subscription.customer === id && subscription.ended_at === null)
      endSubscription(world, subscription, "cancellation_requested");
  delete world.objects.customer[id];
  world.deletedCustomers.push(id);
  emit(world, "customer.deleted", customer);
  return deleted(id);
}

function deleted(id: string): Stripe.DeletedCustomer {
  return { id, object: "customer", deleted: true };
}
