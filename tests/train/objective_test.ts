import { assertEquals } from "@std/assert";
import { objectiveOf } from "../../src/train/objective.ts";
import { PALETTE_OBJECTIVE } from "../../src/train/palette_objective.ts";
import { REGRESSION_OBJECTIVE } from "../../src/train/regression_objective.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

Deno.test("objectiveOf() trains networks of ab planes by regression", () => {
  const networks = [TINY_NETWORK, { kind: "plain-cnn" as const, filters: [2] }];
  for (const network of networks) assertEquals(objectiveOf(network), REGRESSION_OBJECTIVE);
});

Deno.test("objectiveOf() trains palettes by soft cross-entropy", () => {
  const shape = { widths: [2], encoderConvs: [0], decoderConvs: [], batchNorm: false };
  assertEquals(objectiveOf({ kind: "palette", ...shape }), PALETTE_OBJECTIVE);
  const uNet = { kind: "u-net" as const, ...shape, firstStride: 1 as const };
  assertEquals(objectiveOf(uNet), REGRESSION_OBJECTIVE);
});
