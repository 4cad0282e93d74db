// The Dockerfile and compose.yaml as text, for machines without a container engine: which files go in, what is run where,
// what the image is made of.
import { readFileSync } from "node:fs";

export interface Stage {
  runs: string[];
  /** Paths below the working folder, whichever stage they come from. */
  copies: { sources: string[]; target: string }[];
}

/** The stages in order. */
export function readStages(): Stage[] {
  const lines = readFileSync("Dockerfile", "utf8").replaceAll("\\\n", " ");
  return lines
    .split(/^FROM .*$/m)
    .slice(1)
    .map(parseStage);
}

function parseStage(text: string): Stage {
  const runs = [...text.matchAll(/^RUN (.+)$/gm)].map(([, command = ""]) => command);
  const copies = [...text.matchAll(/^COPY (?:--from=\w+ )?(.+)$/gm)].map(([, paths = ""]) => {
    const sources = paths.split(/\s+/).map((path) => path.replace("/app/", ""));
    return { target: sources.pop() ?? "", sources };
  });
  return { runs, copies };
}

/** What a service of compose.yaml runs. */
export function readComposeCommand(service: string): string[] {
  const [, block = ""] = readFileSync("compose.yaml", "utf8").split(new RegExp(`^  ${service}:$`, "m"));
  const [, command = "[]"] = block.match(/^ {4}command: (\[.*\])$/m) ?? [];
  return JSON.parse(command) as string[];
}

/** Whether a path of the checkout is sent to the build; of the rules in .dockerignore the last that fits decides. */
export function readContextFilter(): (path: string) => boolean {
  const rules = readFileSync(".dockerignore", "utf8").split("\n").filter(Boolean);
  const parsed = rules.map((rule) => ({ isKept: rule.startsWith("!"), pattern: patternOf(rule) }));
  return (path) => parsed.findLast(({ pattern }) => pattern.test(path))?.isKept ?? true;
}

function patternOf(rule: string): RegExp {
  const path = rule.replace("!", "").replaceAll(".", "\\.");
  return new RegExp(`^${path.replace("**/", "(.+/)?").replaceAll("*", "[^/]*")}$`);
}
