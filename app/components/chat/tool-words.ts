// What a tool is doing and has done, in words. A tool without an entry is called by its name.

interface ToolWords {
  running: string;
  done: string;
}

const WORDS: Readonly<Record<string, ToolWords>> = {
  calculator: { running: "Calculating", done: "Calculated" },
  current_time: { running: "Looking at the clock", done: "Looked at the clock" },
  search_conversations: { running: "Searching your conversations", done: "Searched your conversations" },
  summarize_table: { running: "Reading the table", done: "Read the table" },
  web_search: { running: "Searching the web", done: "Searched the web" },
};

export function wordsOf(toolName: string): ToolWords {
  const name = toolName.replaceAll(/[_-]+/g, " ");
  return WORDS[toolName] ?? { running: `Using ${name}`, done: `Used ${name}` };
}
