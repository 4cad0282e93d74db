// npm start, npm run dev: start.ts, compiled as it is loaded. The application is JavaScript already, so start.ts ends the
// compiling before it loads it; left on, it doubles the time until the first request.
import { register } from "tsx/esm/api";

const endCompiling = register();
const { startParley } = await import("./start.ts");
await startParley({ endCompiling });
