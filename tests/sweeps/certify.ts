// Called once in a sweep's file: what it proved goes into the isolation certificate when all of its tests have passed.
import { afterAll, afterEach } from "vitest";
import { notePart, type Part } from "./certificate";

interface Task {
  result?: { state: string } | undefined;
  tasks?: readonly Task[];
}

export function certify(part: Part, count: () => number): void {
  let file: Task | undefined;
  afterEach(({ task }) => {
    file = task.file;
  });
  afterAll(() => {
    if (file && hasPassed(file)) notePart(part, count());
  });
}

function hasPassed({ tasks, result }: Task): boolean {
  return tasks ? tasks.every(hasPassed) : result?.state === "pass";
}
