import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Captcha, CaptchaWhenAsked } from "./captcha";

const TURNSTILE = { provider: "turnstile", action: "login", siteKey: "site-key" } as const;
const SIMULATED = { provider: "simulated", action: "login", token: "proof" } as const;

const scripts = () => [...document.querySelectorAll<HTMLScriptElement>("head script")];
const widgets = { render: vi.fn(() => "widget-1"), remove: vi.fn() };

beforeEach(() => {
  const own = document.createElement("script");
  own.nonce = "page-nonce";
  own.setAttribute("nonce", "page-nonce");
  document.body.append(own);
});
afterEach(() => {
  for (const script of document.querySelectorAll("script")) script.remove();
  delete window.turnstile;
  vi.clearAllMocks();
});

test("where there is no captcha nothing is asked", () => {
  const { container } = render(<Captcha challenge={{ provider: "none" }} />);
  expect(container.innerHTML).toBe("");
});

test("the stand-in is a checkbox whose value is the token, and says what it is", async () => {
  render(<Captcha challenge={SIMULATED} error="Captcha required." />);
  const box = screen.getByRole("checkbox", { name: "I am a person" });
  expect(box).toMatchObject({ name: "captchaToken", value: "proof", checked: false });
  expect(box.getAttribute("aria-invalid")).toBe("true");
  expect(screen.getByText("Captcha required.")).toBeDefined();
  await userEvent.click(box);
  expect(box).toMatchObject({ checked: true });
});

test("a form that was asked for a captcha keeps it, whatever it is refused for next", () => {
  const refusedFor = (reason: string, hasCaptcha: boolean) => ({
    ...{ reason, errors: {} },
    values: hasCaptcha ? { hasCaptcha: "1" } : ({} as Record<string, string>),
  });
  const { container, rerender } = render(<CaptchaWhenAsked challenge={SIMULATED} failure={undefined} />);
  expect(container.innerHTML).toBe("");
  rerender(<CaptchaWhenAsked challenge={SIMULATED} failure={refusedFor("invalid_credentials", false)} />);
  expect(container.innerHTML).toBe("");
  rerender(<CaptchaWhenAsked challenge={SIMULATED} failure={refusedFor("captcha_required", false)} />);
  expect(container.querySelector("input[name=hasCaptcha]")).toMatchObject({ value: "1" });
  rerender(<CaptchaWhenAsked challenge={SIMULATED} failure={refusedFor("invalid_credentials", true)} />);
  expect(screen.getByRole("checkbox", { name: "I am a person" })).toBeDefined();
  rerender(<CaptchaWhenAsked challenge={SIMULATED} failure={undefined} isDue />);
  expect(screen.getByRole("checkbox", { name: "I am a person" })).toBeDefined();
});

test("a new token unticks the stand-in", async () => {
  const { rerender } = render(<Captcha challenge={SIMULATED} />);
  await userEvent.click(screen.getByRole("checkbox"));
  rerender(<Captcha challenge={{ ...SIMULATED, token: "another" }} />);
  expect(screen.getByRole("checkbox")).toMatchObject({ value: "another", checked: false });
});

test("Turnstile that cannot be loaded says so, and is loaded with the page's nonce", async () => {
  render(<Captcha challenge={TURNSTILE} />);
  const [script] = scripts();
  expect(script?.src).toBe("https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit");
  expect(script?.nonce).toBe("page-nonce");
  script?.dispatchEvent(new Event("error"));
  expect(await screen.findByText(/could not be loaded/)).toBeDefined();
});

test("Turnstile's widget answers under the form's field name, starts afresh for a new attempt and goes with the form", async () => {
  window.turnstile = widgets;
  const { rerender, unmount } = render(<Captcha challenge={TURNSTILE} />);
  await vi.waitFor(() => expect(widgets.render).toHaveBeenCalledTimes(1));
  expect(widgets.render).toHaveBeenCalledWith(
    expect.any(HTMLElement),
    expect.objectContaining({ sitekey: "site-key", action: "login", "response-field-name": "captchaToken" }),
  );
  rerender(<Captcha challenge={{ ...TURNSTILE }} />);
  await vi.waitFor(() => expect(widgets.render).toHaveBeenCalledTimes(2));
  expect(widgets.remove).toHaveBeenCalledWith("widget-1");
  unmount();
  expect(widgets.remove).toHaveBeenCalledTimes(2);
});
