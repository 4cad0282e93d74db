// The columns of a message that reading a page and exporting have in common, as the driver gives them.

import type { Activity } from "./contract";
import type { MessageRole, MessageStatus } from "./terms";

export interface StoredMessage {
  parent_id: string | null;
  role: MessageRole;
  content: string;
  status: MessageStatus;
  error_reason: string | null;
  error_message: string | null;
  agent: string | null;
  model: string | null;
  activity: Activity[];
  is_trimmed: boolean;
  input_tokens: number;
  output_tokens: number;
  created_at: Date;
}
