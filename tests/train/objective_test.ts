import { assertEquals, assertThrows } from "@std/assert";
import { checkObjective, objectiveOf } from "../../src/train/objective.ts";
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

Deno.test("checkObjective() gives structure to palettes alone", () => {
  const shape = { widths: [2], encoderConvs: [0], decoderConvs: [], batchNorm: false };
  checkObjective({ kind: "palette", ...shape }, { ssimWeight: 30 });
  checkObjective(TINY_NETWORK, { ssimWeight: 0 });
  assertThrows(
    () => checkObjective(TINY_NETWORK, { ssimWeight: 30 }),
    TypeError,
    `ssimWeight must be 0 for a network of kind ${TINY_NETWORK.kind}, got 30`,
  );
});
