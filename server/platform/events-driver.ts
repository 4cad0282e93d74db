// What the ways between instances have in common.

/** The way to the other instances. */
export interface EventsDriver {
  /** False while no other instance can be listening: what would be sent reaches nobody. */
  hasListeners(): boolean;
  /** Sends to the other instances; never throws, loses messages while it is down. */
  publish(channel: string, message: string): void;
  /** Asks for the channel's messages; resolves when they will come. */
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): void;
  close(): Promise<void>;
}

export interface DriverEvents {
  onMessage(channel: string, message: string): void;
  /** The connection was away and is back: messages may have been missed. */
  onReconnect(): void;
}
