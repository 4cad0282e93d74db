import type { AgainKind } from "./conversation-store";
import type { Failure } from "./failure";

/** What can be done to messages; one stable object, so that settled messages are not drawn again while one streams. */
export interface MessageCommands {
  /** Answers why the edit was refused. */
  edit(messageId: string, text: string): Promise<Failure | null>;
  again(kind: AgainKind, messageId: string): void;
  showVersion(messageId: string): void;
  /** An answer is being written: nothing else can be started. */
  isBusy: boolean;
  /** The person may read and not write. */
  isReadOnly: boolean;
}
