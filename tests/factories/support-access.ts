// Support access for tests, asked for and approved through the nouns that do it.
import { internalRequest } from "../../server/request";
import { approveGrant } from "../../server/support-access/grants";
import { askForAccess } from "../../server/support-access/requests";
import type { SupportScope } from "../../server/support-access/terms";
import type { Operator } from "./operators";
import type { TestTenant } from "./tenants";

interface Traits {
  scope?: SupportScope;
  hours?: number;
}

/** A request that waits; answers its id. */
export async function makeRequest(
  tenant: { slug: string },
  operator: Operator,
  traits: Traits = {},
): Promise<string> {
  const { scope = "metadata", hours = 1 } = traits;
  const asker = { session: operator.session, request: internalRequest() };
  const input = { tenant: tenant.slug, reason: "The customer wrote to us", scope, hours };
  return (await askForAccess(asker, input)).grantId;
}

/** A live grant, approved by the owner as it was asked for; answers its id. */
export async function makeGrant(
  tenant: TestTenant,
  operator: Operator,
  traits: Traits = {},
): Promise<string> {
  const { scope = "metadata", hours = 1 } = traits;
  const grantId = await makeRequest(tenant, operator, { scope, hours });
  await approveGrant(tenant.scope, { grantId, scope, hours });
  return grantId;
}
