// Who lives in the demo. `example` addresses reach nobody, whatever mail driver is set.
export const DEMO_EMAILS = {
  owner: "olivia@acme.example",
  member: "marco@acme.example",
  neighbour: "nadia@globex.example",
} as const;
