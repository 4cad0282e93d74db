// What signing up takes.

import { z } from "zod";
import { EmailAddress, LinkToken, PasswordInput, PrintableName } from "../auth/contract";
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
  captchaToken: optionalText(z.string().max(4_096)),
});
export type Register = z.output<typeof Register>;
