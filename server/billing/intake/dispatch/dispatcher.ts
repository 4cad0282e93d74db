// Events are worked off here, in every instance. A nudge makes it immediate; polling is what it rests on: what nobody
// rang for, and what a process that ended had taken, is found by looking.

import { onReconnect, subscribe } from "../../../platform/events";
import { logger } from "../../../platform/logger";
import type { Handlers } from "../handler";
import { EVENTS_CHANNEL, onDispatchNudge } from "../nudge";
import { claimMoneys, handleMoney } from "./moneys";
import { claimObjects, syncObject } from "./objects";

const POLL_MS = 30_000;
/** At once, of each class; the platform role's connections are few. */
const WORKS_MAX = 2;

const log = logger("billing.dispatch");

let dispatcher: EventDispatcher | undefined;

/** Begins to work off events in this process; a second call does nothing. */
export async function startEventDispatcher(handlers: Handlers): Promise<void> {
  if (dispatcher) return;
  dispatcher = new EventDispatcher(handlers);
  await dispatcher.start();
}

/** Takes nothing more; resolves when what is under way has ended. */
export async function stopEventDispatcher(): Promise<void> {
  const ending = dispatcher;
  dispatcher = undefined;
  await ending?.stop();
}

/** Works off all that is due now, in the caller's turn; answers how much that was. */
export async function drainEvents(handlers: Handlers): Promise<number> {
  let total = 0;
  for (;;) {
    const [moneys, objects] = await Promise.all([claimMoneys(WORKS_MAX), claimObjects(WORKS_MAX)]);
    if (moneys.length + objects.length === 0) return total;
    await Promise.all([
      ...moneys.map((claimed) => handleMoney(claimed, handlers)),
      ...objects.map((claimed) => syncObject(claimed, handlers)),
    ]);
    total += moneys.length + objects.length;
  }
}

class EventDispatcher {
  private timer: NodeJS.Timeout | undefined;
  private endings: (() => void)[] = [];
  private working: Promise<void> | undefined;
  private isAskedAgain = false;
  private isStopping = false;

  constructor(private readonly handlers: Handlers) {}

  async start(): Promise<void> {
    onDispatchNudge(() => this.look());
    this.timer = setInterval(() => this.look(), POLL_MS);
    this.look();
    this.endings.push(await subscribe(EVENTS_CHANNEL, () => void this.look()));
    this.endings.push(onReconnect(() => void this.look()));
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    onDispatchNudge(null);
    clearInterval(this.timer);
    for (const end of this.endings) end();
    await this.working;
  }

  private look(): boolean {
    if (this.isStopping) return false;
    if (this.working) {
      this.isAskedAgain = true;
      return true;
    }
    this.working = this.work().finally(() => {
      this.working = undefined;
      if (!this.isAskedAgain) return;
      this.isAskedAgain = false;
      this.look();
    });
    return true;
  }

  private async work(): Promise<void> {
    const moneys = this.workOff(claimMoneys, handleMoney);
    const objects = this.workOff(claimObjects, syncObject);
    await Promise.all([moneys, objects]);
  }

  // One slow event holds up its own place only.
  private async workOff<Claimed>(
    claim: (limit: number) => Promise<Claimed[]>,
    handle: (claimed: Claimed, handlers: Handlers) => Promise<unknown>,
  ): Promise<void> {
    const place = async () => {
      while (!this.isStopping) {
        const [claimed] = await claim(1);
        if (claimed === undefined) return;
        await handle(claimed, this.handlers);
      }
    };
    try {
      await Promise.all(Array.from({ length: WORKS_MAX }, place));
    } catch (error) {
      log.warn({ event: "stripe.dispatch_away", err: error }, "events cannot be worked off now");
    }
  }
}
