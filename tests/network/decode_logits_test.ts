import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../src/backend/start.ts";
import { binLogitOffsets, decodeBinLogits, decodeSettings } from "../../src/color/decode_bins.ts";
import {
  GAMUT_BIN_COUNT,
  gamutBinCenters,
  trainingGamutPrior,
} from "../../src/color/gamut_bins.ts";
import { decodeLogits } from "../../src/network/decode_logits.ts";
import { SeededRandom } from "../random.ts";
import { largestError } from "../tolerance.ts";
import { webgpuTest } from "../webgpu.ts";

const SHAPE: [number, number, number, number] = [2, 3, 5, GAMUT_BIN_COUNT];

Deno.test("decodeLogits() gives the colors of the plain reference on wasm", () => check("wasm"));
webgpuTest("decodeLogits() gives the colors of the plain reference on webgpu", () => {
  return check("webgpu");
});

async function check(backend: "wasm" | "webgpu"): Promise<void> {
  using device = stopping(await startBackend(backend));
  const values = new SeededRandom(2).values(2 * 3 * 5 * GAMUT_BIN_COUNT).map((value) => 8 * value);
  const prior = trainingGamutPrior();
  const before = tf.memory().numTensors;
  const logits = tf.tensor4d(values, SHAPE);
  const priorTensor = tf.tensor1d(Float32Array.from(prior));
  const vivid = { lambda: 0.2, gain: 0.5, temperature: 0.8, chroma: 1.4 };
  const lively = { ...vivid, dispersion: Infinity, neutral: 0, red: 0 };
  // About what these logits have.
  const [calm, pale] = [{ ...lively, dispersion: 20 }, { ...lively, neutral: 45 }];
  const brown = { ...lively, red: 2 };
  for (const settings of [0, 0.3, 1].map(decodeSettings).concat(lively, calm, pale, brown)) {
    const decoded = decodeLogits(logits, { ...settings, prior: priorTensor });
    assertEquals(decoded.shape, [2, 3, 5, 2]);
    const expected = decodeBinLogits(values, {
      offsets: binLogitOffsets(prior, { ...settings, centers: gamutBinCenters }),
      centers: gamutBinCenters,
      ...settings,
    });
    const ab = (await decoded.data()).map((value) => 128 * value);
    const error = largestError(ab as Float32Array, expected);
    assert(error < 1e-4, `${JSON.stringify(settings)}: off by ${error}`);
    decoded.dispose();
  }
  tf.dispose([logits, priorTensor]);
  assertEquals(tf.memory().numTensors, before);
  device.check();
}

function stopping<T extends { stop(): void }>(device: T): T & Disposable {
  return Object.assign(device, { [Symbol.dispose]: () => device.stop() });
}
