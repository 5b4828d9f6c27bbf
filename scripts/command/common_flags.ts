/** Flags that several commands have, so that they read and mean the same everywhere. */
import type { Flag } from "./run.ts";

/** A choice for `startBackend`. */
export const BACKEND_FLAG = {
  type: "string",
  value: "DEVICE",
  default: "auto",
  help: "auto, webgpu or wasm",
} satisfies Flag;

export const MODELS_FLAG = {
  type: "string",
  value: "DIR",
  default: "models",
  help: "folder of the models",
} satisfies Flag;

export const DATA_FLAG = {
  type: "string",
  value: "DIR",
  default: "data/tiny-imagenet-200",
  help: "prepared data set",
} satisfies Flag;
