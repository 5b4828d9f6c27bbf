import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { decodeSettings } from "../../src/color/decode_bins.ts";
import { type PredictOptions, predictPlanes } from "../../src/colorize/predict.ts";
import { settingsOfLooks } from "../../src/colorize/settings_of_looks.ts";
import { SeededRandom } from "../random.ts";
import { makePalette } from "./palette_model.ts";

await startBackend("wasm");

Deno.test("settingsOfLooks() are those of a vividness, and beside closer looks of less of it, where more is pale", () => {
  for (const [vividness, own] of [[0, 0], [0.5, 0.5], [0.75, 0.65], [1, 0.8]] as const) {
    const beside = settingsOfLooks(vividness, { closer: [] });
    assertEquals(beside, { ...decodeSettings(own), neutral: 15 });
    assert(beside.neutral > decodeSettings(own).neutral);
    assertEquals(settingsOfLooks(vividness, {}), decodeSettings(vividness));
  }
  for (const looks of [{}, { closer: [] }]) {
    assertThrows(() => settingsOfLooks(1.5, looks), RangeError, "0..1, got 1.5");
  }
});

Deno.test("predictPlanes() decodes by them, one vividness or several", async () => {
  const model = makePalette();
  const random = new SeededRandom(10);
  const plane = (side: number) => random.values(side * side).map((value) => 50 + 45 * value);
  const [lightness, closer] = [plane(8), [plane(12), plane(16)]];
  const abOf = async (options: PredictOptions) => {
    const shape = { count: 1, heightPx: 8, widthPx: 8 };
    return (await predictPlanes(model, lightness, shape, options))[0]!.ab;
  };
  const expected = await abOf({ closer, decode: settingsOfLooks(1, { closer: [] }) });
  assertEquals(await abOf({ closer, vividness: 1 }), expected);
  assertEquals(await abOf({ closer, vividness: [1] }), expected);
  assertNotEquals(await abOf({ closer, decode: decodeSettings(1) }), expected);
  await assertRejects(() => abOf({ closer, vividness: 1.5 }), RangeError, "got 1.5");
  model.network.dispose();
});
