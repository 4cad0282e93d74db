// One endpoint of the API: method, path, the schema of its parameters, and what it does.
import type { z } from "zod";
import type { FormObject } from "./form";
import { parse } from "./parameters";
import { present } from "./present";
import type { World } from "./world";

type Method = "GET" | "POST" | "DELETE";

export interface Call<Params> {
  world: World;
  params: Params;
  /** The `:id` of the path, or an empty text. */
  id: string;
}

export interface Route {
  method: Method;
  pattern: RegExp;
  /** Answers with what is shown, or throws a StripeFailure. */
  answer(world: World, id: string, sent: FormObject): object;
}

/** `route("POST /v1/customers/:id", schema, run)`. */
export function route<Schema extends z.ZodType>(
  name: `${Method} /v1/${string}`,
  schema: Schema,
  run: (call: Call<z.output<Schema>>) => object,
): Route {
  const [method, path] = name.split(" ") as [Method, string];
  const pattern = new RegExp(`^${path.replace(":id", "([^/]+)")}$`);
  return {
    method,
    pattern,
    answer: (world, id, sent) => {
      const params = parse(schema, sent);
      const { expand } = params as { expand?: string[] };
      return present(world, run({ world, params, id }), expand);
    },
  };
}
