/** Pictures of ever new sizes leave no memory behind. */
import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { colorizeImage } from "../../src/colorize/colorize_image.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { webgpuTest } from "../webgpu.ts";
import { makeModelsFolder } from "./model_folder.ts";

const KEEP_BYTES = 2 ** 17;

webgpuTest("200 pictures of different sizes leave GPU memory bounded", async () => {
  const modelsDir = await makeModelsFolder();
  const device = await startBackend("webgpu");
  const model = await loadModel(modelsDir, "tiny");
  const colorize = async (picture: number) => {
    const image = new Image(10 + picture % 20, 40 - Math.floor(picture / 10)).fill(0x336699ff);
    await colorizeImage(image, model, { sizePx: 8 + 8 * (picture % 3) });
  };
  for (let picture = 0; picture < 20; picture++) await colorize(picture);
  const untrimmed = gpuBytes();
  assert(untrimmed > 4 * KEEP_BYTES, `${untrimmed} bytes, so that there is nothing to see`);
  for (let picture = 0; picture < 200; picture++) {
    await colorize(picture);
    device.trim({ keepBytes: KEEP_BYTES });
    const bytes = gpuBytes();
    assert(bytes < 2 * KEEP_BYTES, `${bytes} bytes after picture ${picture}`);
  }
  device.check();
  model.network.dispose();
  device.stop();
  await Deno.remove(modelsDir, { recursive: true });
});

function gpuBytes(): number {
  return (tf.memory() as tf.MemoryInfo & Record<string, number>).numBytesAllocatedInGPU!;
}
