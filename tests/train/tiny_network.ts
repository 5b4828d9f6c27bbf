import type { EncoderDecoderConfig } from "../../src/network/config.ts";

/** A network that trains in no time, with all that makes runs differ: batch norm and dropout. */
export const TINY_NETWORK: EncoderDecoderConfig = {
  kind: "encoder-decoder",
  planes: "ab",
  encoder: [4, 8],
  dense: [8, 4, 8],
  decoder: [8, 4],
  strided: true,
  batchNorm: true,
  dropout: 0.5,
};
