// The environment of a test file, set before any module of server/ is imported. Key rings are new for each file.
import { randomBytes } from "node:crypto";

const keyRing = () => JSON.stringify({ "1": randomBytes(32).toString("base64") });

Object.assign(process.env, {
  NODE_ENV: "test",
  APP_URL: "http://localhost:3000",
  APP_SECRETS: keyRing(),
  PASSWORD_PEPPERS: keyRing(),
  ENCRYPTION_KEYS: keyRing(),
  // why: people of the factories sign in here and call from anywhere; tests of the binding set it themselves.
  SESSION_BINDING: "off",
  // Tests of the captcha turn it on; the others have no page to solve one on.
  CAPTCHA_PROVIDER: "none",
  // Most tests fail from one address; tests of the block choose their own limit.
  AUTH_IP_LOCKOUT_FAILURES: "10000",
});
// A test that wants Redis or a provider asks for it: what the developer's shell has set must not leak in.
const FOREIGN = ["REDIS_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "RESEND_API_KEY", "SMTP_URL"];
const STRIPE = ["ENABLE_BILLING", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_PRODUCT_PRICE_MAP"];
for (const name of [...FOREIGN, ...STRIPE, "STRIPE_API_BASE"]) delete process.env[name];
