// Procedures of agents and tools: what a person may choose from.

import { memberOrMachineProcedure, router } from "../procedures";
import { getPreferences } from "../tenants/settings";
import { listAgents, listTools } from "./registry";

const read = memberOrMachineProcedure("tools.read");

export const agentsRouter = router({
  list: read.query(async ({ ctx }) => ({ items: listAgents((await getPreferences(ctx.scope)).features) })),
});

export const toolsRouter = router({
  list: read.query(async ({ ctx }) => ({ items: listTools((await getPreferences(ctx.scope)).features) })),
});
