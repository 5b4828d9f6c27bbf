import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { loadPredictors } from "../../../scripts/eval/load_predictors.ts";
import { type Device, startBackend } from "../../../src/backend/start.ts";
import type { Predictor } from "../../../src/eval/predictor.ts";
import { makeModelsFolder } from "../../colorize/model_folder.ts";
import { makePaletteFolder } from "../../colorize/palette_model.ts";

const device = await startBackend("wasm");
const SHAPE = { count: 1, heightPx: 8, widthPx: 8 };
const TRUTH = { ab: new Float32Array(128), indices: [0] };
const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

Deno.test("loadPredictors() puts gray and mean first, each model once", async () => {
  const predictors = await loadPredictors(["tiny", "gray", "tiny"], { modelsDir, device });
  assertEquals(predictors.map(({ name }) => name), ["gray", "mean", "tiny"]);
  assertEquals(predictors[0]!.parameters, 0);
  const lightness = new Float32Array(64).fill(50);
  assertEquals(await predictors[0]!.predictAb(lightness, SHAPE, TRUTH), new Float32Array(128));
  const [a, b] = await predictors[1]!.predictAb(lightness, SHAPE, TRUTH);
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
  const predict = () => gray!.predictAb(new Float32Array(64), SHAPE, TRUTH);
  await assertRejects(predict, Error, "the GPU was lost");
});

Deno.test("loadPredictors() uses a palette as its name says", async (t) => {
  const dir = await makePaletteFolder();
  try {
    await t.step("all stands for its vividness and hint rows", async () => {
      const predictors = await loadPredictors(["all"], { modelsDir: dir, device });
      const rows = ["@0", "@0.5", "@1", "@0+1", "@0+5", "@0+10"];
      const names = predictors.map(({ name }) => name);
      assertEquals(names, ["gray", "mean", ...rows.map((row) => `palette${row}`)]);
    });
    await t.step("hints reveal the truth, the same for an image in any batch", async () => {
      const names = ["palette", "palette+5", "palette@1"];
      const [, , plain, hinted, vivid] = await loadPredictors(names, { modelsDir: dir, device });
      const lightness = new Float32Array(64).fill(60);
      const truth = { ab: new Float32Array(128).fill(40), indices: [7] };
      const predict = async (predictor?: Predictor) =>
        await predictor!.predictAb(lightness, SHAPE, truth);
      const own = await predict(hinted);
      assertNotEquals(own, await predict(plain));
      assertNotEquals(await predict(vivid), await predict(plain));
      const pair = await hinted!.predictAb(
        new Float32Array(128).fill(60),
        { ...SHAPE, count: 2 },
        { ab: new Float32Array(256).fill(40), indices: [3, 7] },
      );
      pair.subarray(128).forEach((value, i) => assertAlmostEquals(value, own[i]!, 1e-3));
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("loadPredictors() has palettes look both ways: mirrored pictures get mirrored colors", async () => {
  const dir = await makePaletteFolder();
  try {
    const [, , palette] = await loadPredictors(["palette@0"], { modelsDir: dir, device });
    const lightness = Float32Array.from({ length: 64 }, (_, i) => 10 + (i * 37) % 80);
    const own = await palette!.predictAb(lightness, SHAPE, TRUTH);
    const seen = await palette!.predictAb(mirrored(lightness), SHAPE, TRUTH);
    assertNotEquals(own, mirrored(own, 2));
    mirrored(seen, 2).forEach((value, i) => assertAlmostEquals(value, own[i]!, 1e-3));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("loadPredictors() refuses hints and vividness for a model of one color", async () => {
  const rules = { "tiny@0.5": "tiny must predict distributions", "tiny+3": "tiny must take hints" };
  for (const [name, rule] of Object.entries(rules)) {
    await assertRejects(
      () => loadPredictors([name], { modelsDir, device }),
      RangeError,
      `Cannot evaluate ${name}: ${rule}`,
    );
  }
});

/** Swaps left and right. */
function mirrored(plane: Float32Array, channels = 1): Float32Array {
  return plane.map((_, i) => {
    const pixel = Math.floor(i / channels);
    const other = pixel - pixel % 8 + 7 - pixel % 8;
    return plane[other * channels + i % channels]!;
  });
}
