// A person's browser that speaks to whichever server is up: it asks again what was not answered, and follows a run through
// connections that break.

import { get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { isTerminal, type RunEvent } from "../../server/runs/fold";
import { type Answer, ask } from "../factories/ask";
import { FROM_OWN_PAGE } from "../factories/http";

const TRIES_MAX = 200;
const PAUSE_MS = 150;

export interface Browser {
  cookie: string;
  slug: string;
  /** The door of any server that is up now. */
  pickPort(): number | undefined;
}

/** Calls a procedure until a server has answered for good: what was cut off or failed is asked again, word for word. */
export async function callUntilAnswered(browser: Browser, procedure: string, input: object): Promise<Answer> {
  const headers = { ...FROM_OWN_PAGE, cookie: browser.cookie, "x-parley-tenant": browser.slug };
  const question = { method: "POST", headers, body: JSON.stringify(input) };
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = browser.pickPort();
    const answer =
      port === undefined ? null : await ask(port, `/trpc/${procedure}`, question).catch(() => null);
    if (answer && answer.status < 500 && answer.body !== "") return answer;
    await wait(PAUSE_MS);
  }
  throw new Error(`${procedure} was not answered`);
}

/** Everything that a browser is shown of a run, up to and with its terminal event. */
export async function followRun(browser: Browser, runId: string): Promise<RunEvent[]> {
  const seen: { id: string; event: RunEvent }[] = [];
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = browser.pickPort();
    const lastEventId = seen.at(-1)?.id;
    const input = { runId, ...(lastEventId === undefined ? {} : { lastEventId }) };
    const text = port === undefined ? "" : await readStream(port, browser, input).catch(() => "");
    seen.push(...eventsOf(text));
    const last = seen.at(-1);
    if (last && isTerminal(last.event)) return seen.map(({ event }) => event);
    await wait(PAUSE_MS);
  }
  throw new Error("a run did not end");
}

function readStream(port: number, { cookie, slug }: Browser, input: object): Promise<string> {
  const query = new URLSearchParams({
    input: JSON.stringify(input),
    connectionParams: JSON.stringify({ tenant: slug }),
  });
  const headers = { host: "localhost:3000", cookie, accept: "text/event-stream" };
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path: `/trpc/chat.runEvents?${query}`, headers };
    get(options, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (part: string) => {
        text += part;
      });
      incoming.on("error", () => {});
      incoming.on("close", () => resolve(text));
    }).on("error", reject);
  });
}

// What was cut off in the middle of an event is shown again by the next connection.
function eventsOf(text: string): { id: string; event: RunEvent }[] {
  return text
    .split("\n\n\n")
    .slice(0, -1)
    .flatMap((block) => {
      const [, data, id] = /^data: (.*)\nid: (\S+)$/m.exec(block) ?? [];
      return data && id ? [{ id, event: JSON.parse(data) as RunEvent }] : [];
    });
}
