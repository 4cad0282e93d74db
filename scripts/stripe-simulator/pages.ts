// The hosted pages by their paths.
import { authenticatePage } from "./authenticate-page";
import { checkoutPage } from "./checkout-page";
import { handPage } from "./hand-page";
import { htmlPage } from "./html";
import { invoicePage, receiptPage } from "./invoice-page";
import type { PageAnswer, PageCall } from "./page-call";
import { portalPage } from "./portal-page";
import type { World } from "./world";

const PAGES: Record<string, (world: World, call: PageCall) => PageAnswer> = {
  "": handPage,
  authenticate: authenticatePage,
  checkout: checkoutPage,
  invoices: invoicePage,
  portal: portalPage,
  receipts: receiptPage,
};

export function answerPage(world: World, call: Omit<PageCall, "id" | "rest"> & { path: string }): PageAnswer {
  const [, name = "", id = "", rest = ""] = call.path.split("/");
  const page = Object.hasOwn(PAGES, name) ? PAGES[name] : undefined;
  if (!page) return { status: 404, html: htmlPage("Not found", "") };
  return page(world, { ...call, id, rest });
}
