// One line per step of a long command: what, how long, and what came of it.

const LABEL_WIDTH = 34;

/** Runs one step and prints its line when it ends; `describe` turns the result into the line's last words. */
export async function step<Result>(
  label: string,
  run: () => Promise<Result>,
  describe: (result: Result) => string = () => "",
): Promise<Result> {
  const startedAt = performance.now();
  const timeLater = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
  try {
    const result = await run();
    console.log(`  ${label.padEnd(LABEL_WIDTH)}${timeLater()}  ${describe(result)}`.trimEnd());
    return result;
  } catch (error) {
    console.log(`  ${label.padEnd(LABEL_WIDTH)}${timeLater()}  failed`);
    throw error;
  }
}
