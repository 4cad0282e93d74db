// What the procedures of the second factor take.

import { z } from "zod";
import { PasswordInput } from "../auth/contract";
import { CODE_LENGTH_MAX } from "./terms";

/** A code as typed; spaces and hyphens are people's own, and whether it is one at all is the verification's business. */
const SecurityCode = z
  .string({ error: "Enter your security code." })
  .trim()
  .min(1, "Enter your security code.")
  .max(CODE_LENGTH_MAX);

const CaptchaToken = z.string().max(4_096).optional();

/** Between password and session nobody is asked for the password again. */
export const EnableInit = z.strictObject({ password: PasswordInput.optional() }).prefault({});
export type EnableInit = z.output<typeof EnableInit>;

export const EnableComplete = z.strictObject({ code: SecurityCode });
export type EnableComplete = z.output<typeof EnableComplete>;

export const VerifyCode = z.strictObject({ code: SecurityCode, captchaToken: CaptchaToken });
export type VerifyCode = z.output<typeof VerifyCode>;

export const ConfirmedCode = z.strictObject({
  password: PasswordInput,
  code: SecurityCode,
  captchaToken: CaptchaToken,
});
export type ConfirmedCode = z.output<typeof ConfirmedCode>;

export const StepUp = z.strictObject({
  password: PasswordInput,
  /** Needed when two-factor authentication is on. */
  code: SecurityCode.optional(),
  captchaToken: CaptchaToken,
});
export type StepUp = z.output<typeof StepUp>;
