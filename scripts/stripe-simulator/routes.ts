// Every endpoint that the simulator speaks.
import { CARD_ROUTES } from "./cards";
import { CHECKOUT_ROUTES } from "./checkout";
import { CLOCK_ROUTES } from "./clocks";
import { CUSTOMER_ROUTES } from "./customers";
import { DISPUTE_ROUTES } from "./disputes";
import { ENDPOINT_ROUTES } from "./endpoints";
import { INVOICE_ROUTES } from "./invoice-routes";
import { PAYMENT_ROUTES } from "./payment-routes";
import { PORTAL_ROUTES } from "./portal";
import { PORTAL_CONFIGURATION_ROUTES } from "./portal-configurations";
import { PRICE_ROUTES } from "./prices";
import { PRODUCT_ROUTES } from "./products";
import { REFUND_ROUTES } from "./refunds";
import type { Route } from "./route";
import { SUBSCRIPTION_ROUTES } from "./subscriptions";

export const ROUTES: Route[] = [
  ...CUSTOMER_ROUTES,
  ...PRODUCT_ROUTES,
  ...PRICE_ROUTES,
  ...CARD_ROUTES,
  ...PAYMENT_ROUTES,
  ...REFUND_ROUTES,
  ...DISPUTE_ROUTES,
  ...CHECKOUT_ROUTES,
  ...SUBSCRIPTION_ROUTES,
  ...INVOICE_ROUTES,
  ...PORTAL_ROUTES,
  ...PORTAL_CONFIGURATION_ROUTES,
  ...CLOCK_ROUTES,
  ...ENDPOINT_ROUTES,
];
