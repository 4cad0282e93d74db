// Procedures of agents and tools: what a person may choose from.

import { memberProcedure, router } from "../procedures";
import { listAgents, listTools } from "./registry";

const read = memberProcedure("chat.read");

export const agentsRouter = router({ list: read.query(() => ({ items: listAgents() })) });

export const toolsRouter = router({ list: read.query(() => ({ items: listTools() })) });
