// What signing up takes.

import { z } from "zod";
import { CaptchaToken, EmailAddress, LinkToken, PasswordInput, PrintableName } from "../auth/contract";
import { TenantName } from "../tenants/contract";

// A form sends an empty text for a field that was left out.
const optionalText = <Output>(schema: z.ZodType<Output, string>) =>
  z
    .string()
    .transform((text) => (text === "" ? undefined : text))
    .pipe(schema.optional())
    .optional();

export const Register = z.strictObject({
  email: EmailAddress,
  password: PasswordInput,
  name: PrintableName,
  tenantName: optionalText(TenantName),
  inviteToken: optionalText(LinkToken),
  captchaToken: CaptchaToken,
  /** A field that people do not see. */
  website: z.string().max(200).optional(),
});
export type Register = z.output<typeof Register>;
