// An OpenAI-compatible server that streams at a fixed pace; each chunk's text is the instant it was written, so that a
// reader anywhere on this machine knows how long it travelled. Answers last until somebody posts to /end: however long a
// machine takes to start them all, all of them run while it is measured.

import { createServer, type ServerResponse } from "node:http";

const CHUNKS_PER_SECOND = 20;
const INTERVAL_MS = 1000 / CHUNKS_PER_SECOND;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;
/** The longest answer, should nobody end it. */
const CHUNKS_MAX = 4_000;

/** Milliseconds since the epoch with fractions; processes of one machine share this clock. */
function instant(): number {
  return performance.timeOrigin + performance.now();
}

let streams = 0;

// Streams that are opened together would tick together: 200 chunks at once, then nothing. Answers of a model do not, and
// whoever starts them one by one would be compared with a crowd. So every stream ticks in its own phase.
function nextPhaseMs(): number {
  streams += 1;
  return (streams * GOLDEN_RATIO * INTERVAL_MS) % INTERVAL_MS;
}

function chunk(delta: object, finish: string | null, usage?: object): string {
  const body = {
    id: "chatcmpl-ticker",
    object: "chat.completion.chunk",
    created: 0,
    model: "ticker",
    choices: usage ? [] : [{ index: 0, delta, finish_reason: finish }],
    ...(usage ? { usage } : {}),
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}

const INSTANT = "<instant>";
const TICK = chunk({ content: INSTANT }, null);

const open = new Set<() => void>();

function stream(response: ServerResponse, chunksMax: number): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write(chunk({ role: "assistant", content: "" }, null));
  let sent = 0;
  const end = () => {
    response.write(chunk({}, "stop"));
    response.write(chunk({}, null, { prompt_tokens: 10, completion_tokens: sent, total_tokens: 10 + sent }));
    response.end("data: [DONE]\n\n");
    forget();
  };
  const tick = () => {
    sent += 1;
    const text = TICK.replace(INSTANT, `${instant().toFixed(3)} `);
    response.socket?.write(`${text.length.toString(16)}\r\n${text}\r\n`);
    if (sent === chunksMax) end();
  };
  let timer: NodeJS.Timeout | undefined;
  const begin = setTimeout(() => {
    timer = setInterval(tick, INTERVAL_MS);
  }, nextPhaseMs());
  const forget = () => {
    clearTimeout(begin);
    clearInterval(timer);
    open.delete(end);
  };
  open.add(end);
  response.on("close", forget);
}

function endAll(response: ServerResponse): void {
  for (const end of [...open]) end();
  response.end();
}

createServer((request, response) => {
  if (request.method !== "POST") {
    response.end("ticker");
    return;
  }
  if (request.url === "/end") {
    endAll(response);
    return;
  }
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (text: string) => {
    body += text;
  });
  request.on("end", () => {
    const asked = JSON.parse(body) as { tools?: unknown[] };
    // A title is asked for without tools; it must not tick along with the answers that are measured.
    stream(response, asked.tools?.length ? CHUNKS_MAX : 1);
  });
}).listen(Number(process.env["PORT"]), "127.0.0.1");
