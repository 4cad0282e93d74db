import type { ActionFunctionArgs } from "@remix-run/node";
import { expect, test } from "vitest";
import { z } from "zod";
import { AppError } from "../server/platform/errors";
import { parseForm, safeRedirect, submitForm, toResponse, typedBefore } from "./http.server";

test("a redirect stays inside Parley whatever the text looks like", () => {
  for (const target of [
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\\/evil.example",
    "javascript:alert(1)",
    "/a\r\nset-cookie: x=y",
    "/..//evil.example",
    "evil",
    "",
    null,
    undefined,
    ["/"],
  ]) {
    expect(safeRedirect(target, "/home"), String(target)).toBe("/home");
  }
});

test("a path inside Parley is kept with its query and fragment", () => {
  expect(safeRedirect("/t/acme/chat?q=a%20b#end")).toBe("/t/acme/chat?q=a%20b#end");
  expect(safeRedirect("/a/../b")).toBe("/b");
});

function formRequest(fields: [string, string][]): Request {
  const body = new URLSearchParams(fields);
  return new Request("http://localhost:3000/x", { method: "POST", body });
}

test("a form that does not fit comes back with messages and with what was typed, but never a secret", async () => {
  const schema = z.object({ email: z.email(), password: z.string().min(14) });
  const failure = await parseForm(
    formRequest([
      ["email", "nobody"],
      ["password", "short secret"],
    ]),
    schema,
  );
  expect(failure).toMatchObject({ ok: false, values: { email: "nobody" } });
  expect(failure.ok ? null : failure.errors).toEqual({
    email: "Enter a valid email address.",
    password: "Use at least 14 characters.",
  });
  expect(JSON.stringify(failure)).not.toContain("short secret");
});

test("a page that has asked for a captcha says so to itself, and to no contract", async () => {
  const request = formRequest([
    ["code", "1"],
    ["hasCaptcha", "1"],
  ]);
  const failure = await parseForm(request, z.strictObject({ code: z.string().min(6) }));
  expect(failure).toMatchObject({ ok: false, values: { hasCaptcha: "1" } });
  expect(failure.ok ? null : Object.keys(failure.errors)).toEqual(["code"]);
});

test("repeated names are lists, single ones are text", async () => {
  const schema = z.object({ tag: z.array(z.string()), name: z.string() });
  const form = await parseForm(
    formRequest([
      ["tag", "a"],
      ["tag", "b"],
      ["name", "n"],
    ]),
    schema,
  );
  expect(form.ok && form.data).toEqual({ tag: ["a", "b"], name: "n" });
});

test("what was typed before a confirmation waits in the page's address, but never a secret", async () => {
  const request = formRequest([
    ["intent", "email"],
    ["email", "new@corp.example"],
    ["password", "short secret"],
  ]);
  const args = { request, params: {}, context: { info: { id: "request" } } } as unknown as ActionFunctionArgs;
  const schema = z.object({ intent: z.string(), email: z.string(), password: z.string() });
  const submitted = submitForm(args, schema, async () => {
    throw toResponse(new AppError("forbidden", "Confirm", { reason: "step_up_required" }), args);
  });
  const answer = await submitted.catch((thrown: Response) => thrown);
  const location = answer instanceof Response ? (answer.headers.get("location") ?? "") : "";
  expect(location).not.toContain("secret");
  const back = new URL(location, "http://localhost").searchParams.get("redirectTo") ?? "";
  expect(back).toMatch(/^\/x\?/);
  const page = new Request(new URL(back, "http://localhost"));
  expect(typedBefore(page, "email")).toBe("new@corp.example");
  expect(typedBefore(page, "intent")).toBeNull();
});
