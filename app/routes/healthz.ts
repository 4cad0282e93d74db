// Is the process alive? It answers whatever its database does.

export function loader() {
  return Response.json({ status: "ok" });
}
