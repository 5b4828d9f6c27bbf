import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { rgbToLab } from "../../../src/color/lab.ts";
import { webgpuTest } from "../../webgpu.ts";

webgpuTest("RgbToLab agrees with src/color to 0.01 for colors of the whole cube", async () => {
  const device = await startBackend("webgpu");
  const levels = [...Array(26).keys()].map((i) => Math.min(255, Math.round(i * 10.2)));
  const colors = levels.flatMap((r) => levels.flatMap((g) => levels.flatMap((b) => [r, g, b])));
  // 17,576 colors and every gray: three dimensions, none of them round.
  const grays = [...Array(256).keys()].flatMap((gray) => [gray, gray, gray]);
  const rgb = Uint8Array.from([...colors, ...grays]);
  const shape = [2, 1, rgb.length / 6];
  const expected = rgbToLab(rgb, 3);
  const packed = tf.tensor1d(new Int32Array(rgb.buffer), "int32");
  const [lightness, ab] = tf.engine().runKernel("RgbToLab", { rgb: packed }, {
    shape,
    abScale: 128,
  }) as tf.Tensor[];
  assertEquals([lightness!.shape, ab!.shape], [[...shape, 1], [...shape, 2]]);
  const most = (values: ArrayLike<number>, exact: Float32Array, scale: number) =>
    exact.reduce((error, value, i) => Math.max(error, Math.abs(values[i]! * scale - value)), 0);
  const errors = [
    most(await lightness!.data(), expected.lightness, 1),
    most(await ab!.data(), expected.ab, 128),
  ];
  assert(Math.max(...errors) < 0.01, `L* is off by ${errors[0]}, ab by ${errors[1]}`);
  device.check();
  tf.dispose([packed, lightness!, ab!]);
  device.stop();
});
