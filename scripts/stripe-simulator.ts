// npm run stripe:simulator — a Stripe of our own as a process: see docs/billing-simulator.md.
import { parseArgs } from "node:util";
import { startSimulator } from "./stripe-simulator/simulator";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "12111" },
    state: { type: "string" },
    "webhook-url": { type: "string" },
  },
});

const webhookSecret = process.env["STRIPE_WEBHOOK_SECRET"]?.split(",")[0];
if (values["webhook-url"] && !webhookSecret) {
  console.error("Set STRIPE_WEBHOOK_SECRET: deliveries are signed with it.");
  process.exit(1);
}
const simulator = await startSimulator({
  port: Number(values.port),
  ...(values.state ? { stateFile: values.state } : {}),
  ...(values["webhook-url"] && webhookSecret ? { webhookUrl: values["webhook-url"], webhookSecret } : {}),
});
console.log(`Stripe is simulated at ${simulator.url} (STRIPE_API_BASE). Ctrl-C stops it.`);
for (const signal of ["SIGINT", "SIGTERM"])
  process.once(signal, () => void simulator.stop().then(() => process.exit(0)));
