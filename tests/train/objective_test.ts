import { assertEquals } from "@std/assert";
import { objectiveOf } from "../../src/train/objective.ts";
import { REGRESSION_OBJECTIVE } from "../../src/train/regression_objective.ts";
import { TINY_NETWORK } from "./tiny_network.ts";

Deno.test("objectiveOf() trains networks of ab planes by regression", () => {
  const networks = [TINY_NETWORK, { kind: "plain-cnn" as const, filters: [2] }];
  for (const network of networks) assertEquals(objectiveOf(network), REGRESSION_OBJECTIVE);
});
