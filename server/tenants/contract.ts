// What the tenants' procedures take.

import { z } from "zod";
import { PrintableName } from "../auth/contract";
import { TENANT_NAME_LENGTH_MAX } from "./terms";

export const TenantName = PrintableName.max(TENANT_NAME_LENGTH_MAX);

export const CreateTenant = z.strictObject({ name: TenantName });
export type CreateTenant = z.output<typeof CreateTenant>;
