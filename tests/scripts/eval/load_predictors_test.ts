import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { loadPredictors } from "../../../scripts/eval/load_predictors.ts";
import { type Device, startBackend } from "../../../src/backend/start.ts";
import { makeModelsFolder } from "../../colorize/model_folder.ts";

const device = await startBackend("wasm");
const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

Deno.test("loadPredictors() puts gray and mean first, each model once", async () => {
  const predictors = await loadPredictors(["tiny", "gray", "tiny"], { modelsDir, device });
  assertEquals(predictors.map(({ name }) => name), ["gray", "mean", "tiny"]);
  assertEquals(predictors[0]!.parameters, 0);
  const shape = { count: 1, heightPx: 8, widthPx: 8 };
  const lightness = new Float32Array(64).fill(50);
  assertEquals(await predictors[0]!.predictAb(lightness, shape), new Float32Array(128));
  const [a, b] = await predictors[1]!.predictAb(lightness, shape);
  assertAlmostEquals(a!, 2.5, 1e-5);
  assertAlmostEquals(b!, 8.7, 1e-5);
});

Deno.test("loadPredictors() takes every model with weights for all", async () => {
  const predictors = await loadPredictors(["all"], { modelsDir, device });
  assertEquals(predictors.map(({ name }) => name), ["gray", "mean", "tiny"]);
});

Deno.test("loadPredictors() refuses models that are unknown or not trained", async () => {
  await assertRejects(() => loadPredictors(["none"], { modelsDir, device }), RangeError, '"none"');
  await assertRejects(
    () => loadPredictors(["untrained"], { modelsDir, device }),
    RangeError,
    "untrained",
  );
});

Deno.test("loadPredictors() gives predictors that fail when the device does", async () => {
  const broken: Device = {
    ...device,
    check: () => {
      throw new Error("Cannot go on: the GPU was lost");
    },
  };
  const [gray] = await loadPredictors([], { modelsDir, device: broken });
  const shape = { count: 1, heightPx: 8, widthPx: 8 };
  const predict = () => gray!.predictAb(new Float32Array(64), shape);
  await assertRejects(predict, Error, "the GPU was lost");
});
