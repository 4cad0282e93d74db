// Procedures of agents and tools: what a person may choose from.

import { memberOrMachineProcedure, router } from "../procedures";
import { listAgents, listTools } from "./registry";

const read = memberOrMachineProcedure("tools.read");

export const agentsRouter = router({ list: read.query(() => ({ items: listAgents() })) });

export const toolsRouter = router({ list: read.query(() => ({ items: listTools() })) });
