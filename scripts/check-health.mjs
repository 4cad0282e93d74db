// The container's health check: asks /healthz under the host name that the installation answers to.
import { get } from "node:http";

const request = get(
  {
    host: "127.0.0.1",
    port: process.env.PORT || 3000,
    path: "/healthz",
    headers: { host: process.env.APP_URL ? new URL(process.env.APP_URL).host : "localhost" },
    timeout: 2_500,
  },
  (response) => process.exit(response.statusCode === 200 ? 0 : 1),
);
request.on("error", () => process.exit(1));
request.on("timeout", () => process.exit(1));
