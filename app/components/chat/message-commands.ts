import type { AgainKind } from "./conversation-store";

/** What can be done to messages; one stable object, so that settled messages are not drawn again while one streams. */
export interface MessageCommands {
  edit(messageId: string, text: string): void;
  again(kind: AgainKind, messageId: string): void;
  showVersion(messageId: string): void;
  /** An answer is being written: nothing else can be started. */
  isBusy: boolean;
  /** The person may read and not write. */
  isReadOnly: boolean;
}
