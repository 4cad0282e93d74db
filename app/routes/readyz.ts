// May this process be sent requests?

import { readiness } from "../http.server";

export async function loader() {
  const { isReady, checks } = await readiness();
  return Response.json({ status: isReady ? "ok" : "unavailable", checks }, { status: isReady ? 200 : 503 });
}
