// A request for a hosted page and its answer.

export interface PageCall {
  id: string;
  /** What follows the id in the path. */
  rest: string;
  method: "GET" | "POST";
  form: URLSearchParams;
  query: URLSearchParams;
}

export type PageAnswer =
  | { redirect: string }
  | { status: number; html: string }
  | { status: number; pdf: Buffer };
