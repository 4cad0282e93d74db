// The demo model's lines. Each says that it is a demo; each shows something the interface must render well.

const NOTICE = "*This is Parley's demo model: scripted words, real streaming, tools and handovers.*";

/** A short title for a conversation that began with this question. */
export function titleOf(question: string): string {
  const words = question.replace(/\s+/g, " ").trim().split(" ").slice(0, 6).join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1, 60).replace(/[.,;:?!]+$/, "");
}

export function plainAnswer(question: string, isBrief: boolean): string {
  const subject = question.replace(/\s+/g, " ").trim().slice(0, 120) || "your message";
  if (isBrief) return `${NOTICE}\n\nYou asked: “${subject}”. A real model would answer here, briefly.`;
  return `${NOTICE}

You wrote: “${subject}”. With a key in \`OPENAI_API_KEY\`, or any compatible server in \`OPENAI_BASE_URL\`, a real model answers here.

Meanwhile, try one of these:

1. **What is 19.99 × 3 + 4.5?** calls the calculator, which is exact.
2. **What time is it?** asks the clock in your time zone.
3. **Write a function that …** brings in the code assistant.
4. Paste a small CSV and the data analyst summarises it.

| You do | What happens | Is it real? |
| --- | --- | --- |
| Reload now | the answer goes on | yes |
| Press Stop | the text so far is kept | yes |
| Read the words | they are canned | demo |

The probability that this sentence was written in advance is $p = 1$, and

$$
\\sum_{k=0}^{n} \\binom{n}{k} = 2^{n}
$$

shows that formulas arrive in one piece too.`;
}

export function codeAnswer(isBrief: boolean): string {
  const code = `\`\`\`typescript
/** Groups items by a key, keeping the order in which keys first appear. */
export function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
\`\`\``;
  if (isBrief) return `${NOTICE}\n\n${code}`;
  return `${NOTICE}

Here is a small, complete example. It assumes that keys compare by identity, as \`Map\` does.

${code}

**How to check it**

\`\`\`bash
node --test group-by.test.ts
\`\`\`

- It runs in $O(n)$ and keeps every item once.
- It takes any iterable, so a generator never has to fit in memory twice.
- For keys that are objects, pass a function that returns text or a number.`;
}

export function toolAnswer(tool: string, result: string): string {
  const data = parse(result);
  if (tool === "calculator") {
    return `${NOTICE}\n\n\`${read(data, "expression")}\` is exactly **${read(data, "result")}**.`;
  }
  if (tool === "current_time") {
    return `${NOTICE}\n\nIt is **${read(data, "time")}** on ${read(data, "date")} (${read(data, "timeZone")}, UTC${read(data, "utcOffset")}).`;
  }
  const hits = Array.isArray(data["hits"]) ? (data["hits"] as Record<string, unknown>[]) : [];
  if (hits.length === 0)
    return `${NOTICE}\n\nI looked through your own conversations and found nothing for that.`;
  const lines = hits.map(
    (hit) => `- **${read(hit, "title") || "Untitled"}**: ${plain(read(hit, "snippet"))}`,
  );
  return `${NOTICE}\n\nI found this in your own conversations:\n\n${lines.join("\n")}`;
}

export function dataAnswer(result: string): string {
  const data = parse(result);
  const columns = Array.isArray(data["columns"]) ? (data["columns"] as Record<string, unknown>[]) : [];
  const rows = columns.map(
    (column) =>
      `| ${plain(read(column, "name"))} | ${read(column, "kind")} | ${read(column, "empty")} | ${plain(detail(column))} |`,
  );
  return `${NOTICE}

The table has **${read(data, "rows")} rows** and **${columns.length} columns**.

| Column | Kind | Empty | What it holds |
| --- | --- | --- | --- |
${rows.join("\n")}

The mean of a column is $\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i$; sums above are exact, means are rounded to twelve digits. A small table like this says nothing about causes.`;
}

export function longAnswer(question: string): string {
  const times = /\bvery long\b/i.test(question) ? 20 : 4;
  const part = (heading: string, text: string) =>
    `## ${heading}\n\n${Array.from({ length: times }, () => text).join(" ")}`;
  const subject = question.replace(/\s+/g, " ").trim().slice(0, 80);
  return [
    NOTICE,
    `A long answer about “${subject}”, so that scrolling, stopping and reloading can be tried.`,
    part(
      "Where it begins",
      "Every answer is stored while it is being written, a few words at a time, so nothing depends on this page staying open.",
    ),
    part(
      "What may go wrong",
      "A process may end, a network may break, a person may close the lid; the answer goes on somewhere else from its last finished step.",
    ),
    part(
      "What stays",
      "The text that was shown is the text that is stored, and the record of what it cost is written once.",
    ),
    part(
      "How it ends",
      "With exactly one last event, after which nothing is added and nothing is taken away.",
    ),
  ].join("\n\n");
}

function detail(column: Record<string, unknown>): string {
  if (column["kind"] === "number") {
    return `min ${read(column, "min")}, max ${read(column, "max")}, sum ${read(column, "sum")}, mean ${read(column, "mean")}`;
  }
  if (column["kind"] === "secret") return "not shown";
  if (column["kind"] === "date") return `${read(column, "earliest")} to ${read(column, "latest")}`;
  const frequent = Array.isArray(column["mostFrequent"])
    ? (column["mostFrequent"] as Record<string, unknown>[])
    : [];
  return frequent.map((entry) => `${read(entry, "value")} (${read(entry, "count")})`).join(", ") || "nothing";
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { result: text };
  }
}

function read(record: Record<string, unknown>, key: string): string {
  const value = record[key];
  return value === undefined || value === null ? "" : String(value);
}

// Text from a table or a search cannot break the table or the list it is set in.
function plain(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .replace(/\s+/g, " ")
    .replaceAll("|", "\\|");
}
