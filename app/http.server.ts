// Door 3: between what the server means and what HTTP says. Refusals become Responses, form submissions become typed
// input, redirects stay inside Parley, and one toast travels over a redirect in a signed cookie.

import { type ActionFunctionArgs, data, type LoaderFunctionArgs, redirect } from "@remix-run/node";
import { parseCookie, stringifySetCookie } from "cookie";
import { z } from "zod";
import { blankLinkCookie, linkCookie, readLink, type WaitingLink } from "../server/auth/link-cookie";
import { config } from "../server/platform/config";
import { hmac, timingSafeEqual } from "../server/platform/crypto";
import { type AppError, type ErrorCode, notFound } from "../server/platform/errors";
import { invalidInput } from "../server/platform/validation";

// What machines and developers are answered passes this door as it is.
export { takeDelivery } from "../server/billing/intake/deliveries";
export { readJwks } from "../server/machines/keys/jwks";
export { recordCspReport } from "../server/platform/csp-reports";
export { readMetrics } from "../server/platform/metrics-reading";
export { findOutboxMail, listOutbox } from "../server/platform/outbox";
export { readiness } from "../server/platform/readiness";

const STATUS: Record<ErrorCode, number> = {
  not_found: 404,
  forbidden: 403,
  unauthorized: 401,
  invalid: 400,
  conflict: 409,
  payment_required: 402,
  over_limit: 429,
  unavailable: 503,
};

const SECRET_FIELD = /password|token|secret|code/i;
// Stands for Parley's own origin, whatever APP_URL is: what resolves elsewhere leads outside.
const INSIDE = "https://inside.invalid";
// Fields that were typed before a confirmation, in the address of the page they belong to.
const TYPED = "typed.";
/** Says that the page has asked for a captcha, and goes on asking; no contract knows it. */
const HAS_CAPTCHA = "hasCaptcha";
const NOT_TYPED = new Set(["intent", HAS_CAPTCHA]);
const KEPT_TEXT_LENGTH_MAX = 320;
const TOAST_SECONDS = 30;

/** Whether Stripe tells this copy what happens. */
export function hasWebhooks(): boolean {
  return config().billing.stripe !== null;
}

/** The ways of issuing machine tokens that are open here. */
export function openIssuanceWays(): readonly string[] {
  return config().serviceAccountIssuance;
}

export type RouteArgs = LoaderFunctionArgs | ActionFunctionArgs;

/** What an error boundary finds in `error.data` of a refused page. */
export interface ErrorBody {
  message: string;
  reason: string | null;
  requestId: string;
}

/** What a form's action answers when it did not go through; `values` never holds a secret. */
export interface FormFailure {
  ok: false;
  message: string;
  reason: string | null;
  errors: Record<string, string>;
  values: Record<string, string>;
}

export interface Toast {
  kind: "success" | "info" | "error";
  message: string;
}

const toastSchema = z.strictObject({
  kind: z.enum(["success", "info", "error"]),
  message: z.string().max(300),
});

const refusals = new WeakMap<Response, AppError>();

/** A refusal as the Response a page throws: to sign-in, to verification, or an error page with its status. */
export function toResponse(error: AppError, args: RouteArgs): Response {
  const response = respond(error, args);
  refusals.set(response, error);
  return response;
}

/** The 404 of a thing that is not there, as a page throws it. */
export function notFoundResponse(args: RouteArgs, what: string): Response {
  return toResponse(notFound(what), args);
}

/**
 * One form submission from reading to answer: parses the fields by the contract, calls `run`, and turns refusals that a
 * form can show into its FormFailure. What a form cannot show (sign-in, 404) is thrown on.
 */
export async function submitForm<Schema extends z.ZodType, Answer>(
  args: ActionFunctionArgs,
  schema: Schema,
  run: (input: z.output<Schema>) => Promise<Answer>,
) {
  const form = await parseForm(args.request, schema);
  if (!form.ok) return data(form, { status: 400 });
  try {
    return await run(form.data);
  } catch (thrown) {
    const refusal = thrown instanceof Response ? refusals.get(thrown) : undefined;
    if (refusal?.details.reason === "step_up_required") {
      throw redirect(confirmPath(args.request, form.values));
    }
    if (refusal === undefined || isForThePage(refusal)) throw thrown;
    return data(failureOf(refusal, form.values), {
      status: STATUS[refusal.code],
      headers: retryAfter(refusal),
    });
  }
}

/** What a refusal says that a page may show in its own words. Throws on what no page shows (sign-in, 404). */
export function messageOfRefusal(thrown: unknown): string {
  const refusal = thrown instanceof Response ? refusals.get(thrown) : undefined;
  if (refusal === undefined || isForThePage(refusal)) throw thrown;
  return refusal.message;
}

/** Reads a form by its contract. Repeated names become lists; files are ignored. */
export async function parseForm<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<{ ok: true; data: z.output<Schema>; values: Record<string, string> } | FormFailure> {
  const fields = fieldsOf(await request.formData());
  const values = Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string] => typeof entry[1] === "string" && !SECRET_FIELD.test(entry[0]),
    ),
  );
  delete fields[HAS_CAPTCHA];
  const parsed = schema.safeParse(fields);
  if (parsed.success) return { ok: true, data: parsed.data, values };
  return failureOf(invalidInput(parsed.error), values);
}

/** A page's query by its contract: empty fields are left out, numbers are read, and what does not fit counts as not asked for. */
export function parseSearch<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const params = new URL(request.url).searchParams;
  const fields: Record<string, unknown> = {};
  for (const [name, text] of params) {
    if (text.trim() !== "") fields[name] = /^(page|pageSize)$/.test(name) ? Number(text) : text;
  }
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  for (const name of Object.keys(invalidInput(parsed.error).details.fields ?? {})) delete fields[name];
  return schema.parse(fields);
}

/** A path inside Parley, or the fallback: never another site, whatever the text looks like. */
export function safeRedirect(unverifiedTarget: unknown, fallback = "/"): string {
  if (typeof unverifiedTarget !== "string" || !/^\/(?![/\\])/.test(unverifiedTarget)) return fallback;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this refuses.
  if (/[\u0000-\u001f\u007f\\]/.test(unverifiedTarget)) return fallback;
  if (!URL.canParse(unverifiedTarget, INSIDE)) return fallback;
  const url = new URL(unverifiedTarget, INSIDE);
  if (url.origin !== INSIDE || url.pathname.startsWith("//")) return fallback;
  return url.pathname + url.search + url.hash;
}

/** The first visit of a link: its secret moves out of the address into a cookie, and the page opens at the clean address. */
export function keepLink(args: LoaderFunctionArgs, link: WaitingLink, parameter = "token"): void {
  const page = new URL(pagePath(args.request), INSIDE);
  const token = page.searchParams.get(parameter);
  if (token === null) return;
  page.searchParams.delete(parameter);
  args.context.info.reply.cookies.push(linkCookie(link, token));
  throw redirect(page.pathname + page.search);
}

/** The secret of the link that was opened in this browser, or null. */
export function waitingLink(args: RouteArgs, link: WaitingLink): string | null {
  return readLink(link, args.request.headers.get("cookie"));
}

/** Forgets a link that is used up. */
export function dropLink(args: RouteArgs, link: WaitingLink): void {
  args.context.info.reply.cookies.push(blankLinkCookie(link));
}

/** A redirect inside Parley with a toast on the page it leads to. */
export function redirectWithToast(args: RouteArgs, to: string, toast: Toast): Response {
  const value = Buffer.from(JSON.stringify(toast)).toString("base64url");
  setToastCookie(args, `${value}.${hmac("toast", value)}`, TOAST_SECONDS);
  return redirect(safeRedirect(to));
}

/** What stood in a field of this page before its person had to prove again who they are. */
export function typedBefore(request: Request, name: string): string | null {
  return new URL(request.url).searchParams.get(TYPED + name);
}

/** The toast that came with this request, taken so that it shows once. */
export function takeToast(args: RouteArgs): Toast | null {
  const raw = parseCookie(args.request.headers.get("cookie") ?? "")["toast"];
  if (raw === undefined) return null;
  setToastCookie(args, "", 0);
  const [value = "", signature = ""] = raw.split(".");
  if (!timingSafeEqual(Buffer.from(hmac("toast", value)), Buffer.from(signature))) return null;
  const parsed = toastSchema.safeParse(JSON.parse(Buffer.from(value, "base64url").toString()));
  return parsed.success ? parsed.data : null;
}

function respond(error: AppError, args: RouteArgs): Response {
  if (error.details.reason === "challenge_expired") return redirect("/login?expired=1");
  if (asksToSignIn(error)) return redirect(signInPath(args.request));
  if (error.details.reason === "email_unverified") return redirect("/verify-email");
  if (error.details.reason === "step_up_required") return redirect(confirmPath(args.request));
  const body: ErrorBody = {
    message: error.message,
    reason: error.details.reason ?? null,
    requestId: args.context.info.id,
  };
  return Response.json(body, { status: STATUS[error.code], headers: retryAfter(error) });
}

function signInPath(request: Request): string {
  if (request.method !== "GET") return "/login";
  const wanted = pagePath(request);
  return wanted === "/" ? "/login" : `/login?redirectTo=${encodeURIComponent(wanted)}`;
}

/**
 * Where a person proves again who they are; afterwards they are back on the page, and send its form once more. What was
 * typed, secrets never, waits in the page's address for `typedBefore`.
 */
function confirmPath(request: Request, typed: Record<string, string> = {}): string {
  const page = new URL(pagePath(request), INSIDE);
  for (const [name, text] of Object.entries(typed)) {
    if (!NOT_TYPED.has(name) && text.length <= KEPT_TEXT_LENGTH_MAX)
      page.searchParams.set(TYPED + name, text);
  }
  return `/account/confirm?redirectTo=${encodeURIComponent(page.pathname + page.search)}`;
}

/** Path and query of the page that was asked for, also when a script asked for its data. */
export function pagePath(request: Request): string {
  const url = new URL(request.url);
  const path = url.pathname.replace(/\.data$/, "").replace(/^\/_root$/, "/");
  for (const name of ["_routes", "index"]) url.searchParams.delete(name);
  return path + url.search;
}

/** A wrong password is unauthorized too, but its place is the form. */
function asksToSignIn(error: AppError): boolean {
  return error.code === "unauthorized" && error.details.reason !== "invalid_credentials";
}

function isForThePage(error: AppError): boolean {
  const { reason } = error.details;
  if (reason === "email_unverified" || reason === "step_up_required") return true;
  return asksToSignIn(error) || error.code === "not_found";
}

function failureOf(error: AppError, values: Record<string, string>): FormFailure {
  const errors = error.details.fields ?? {};
  return { ok: false, message: error.message, reason: error.details.reason ?? null, errors, values };
}

function retryAfter(error: AppError): Record<string, string> {
  const seconds = error.details.retryAfterSeconds;
  return seconds === undefined ? {} : { "Retry-After": String(seconds) };
}

function fieldsOf(form: FormData): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {};
  for (const name of new Set(form.keys())) {
    const texts = form.getAll(name).filter((value) => typeof value === "string");
    fields[name] = texts.length === 1 && texts[0] !== undefined ? texts[0] : texts;
  }
  return fields;
}

function setToastCookie(args: RouteArgs, value: string, maxAge: number): void {
  const secure = config().appUrl.protocol === "https:";
  const cookie = {
    name: "toast",
    value,
    path: "/",
    httpOnly: true,
    sameSite: "lax",
    secure,
    maxAge,
  } as const;
  args.context.info.reply.cookies.push(stringifySetCookie(cookie));
}
