// A conversation is named in the background, after its first answer. Nothing announces the title, so it is asked for: a
// few times, less and less often, until it is there or the tries of whoever writes it are over.

const READ_AFTER_MS = [700, 1_300, 2_000, 4_000, 8_000, 15_000, 30_000];

export class TitleWait {
  private readonly waiting = new Set<string>();

  /** `read` answers whether the title is still waited for. */
  constructor(private readonly read: (id: string) => Promise<boolean>) {}

  begin(id: string): void {
    if (this.waiting.has(id)) return;
    this.waiting.add(id);
    void this.ask(id).finally(() => this.waiting.delete(id));
  }

  private async ask(id: string): Promise<void> {
    for (const delayMs of READ_AFTER_MS) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (!(await this.read(id).catch(() => true))) return;
    }
  }
}
