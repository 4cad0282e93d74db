// What a driver of the model port is.

import type { Model, ModelSettings } from "@openai/agents";
import type { ModelSetting } from "./config";

export type ModelInfo = ModelSetting;

export interface LlmProvider {
  /** Recorded with each call, such as "openai" or the host of a compatible server. */
  name: string;
  models(): ModelInfo[];
  /** The model as @openai/agents calls it. */
  getModel(id: string): Promise<Model> | Model;
  /** Settings that bound the answer in the way this provider understands. */
  settings(model: ModelInfo): ModelSettings;
}
