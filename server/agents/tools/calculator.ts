import { z } from "zod";
import { EXPRESSION_LENGTH_MAX } from "../terms";
import { defineTool } from "../tool";
import { evaluate } from "./expression";

export const calculator = defineTool({
  name: "calculator",
  label: "Calculator",
  description:
    "Evaluates arithmetic with exact decimals: + - * / % ^, parentheses, sqrt, abs, round(x, places), floor, ceil, min, max, sum, avg, exp, ln, log10, pi, e.",
  isCore: true,
  agents: [],
  capabilities: ["math"],
  isIdempotent: true,
  parameters: z.object({
    expression: z.string().max(EXPRESSION_LENGTH_MAX).describe("For example (19.99 * 3) * 1.19"),
  }),
  run: async ({ expression }) => ({ expression, result: evaluate(expression) }),
});
