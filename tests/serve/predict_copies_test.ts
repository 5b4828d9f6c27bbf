import { assertEquals, assertThrows } from "@std/assert";
import type { Model } from "../../src/colorize/model.ts";
import { smallSize } from "../../src/colorize/small_size.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import { checkWork, mostPixels, mostTogether } from "../../src/serve/predict_copies.ts";

/** As large as siggraph17. */
const LARGE = { name: "large", network: { parameterCount: 34_187_027 } } as Model;

Deno.test("checkWork() refuses copies that are too large for a network, by both numbers", () => {
  checkWork(LARGE, { widthPx: 456, heightPx: 256 });
  const error = assertThrows(
    () => checkWork(LARGE, { widthPx: 512, heightPx: 256 }),
    ProblemError,
    "large at this size: it must see at most 117003 pixels, got 512 x 256 = 131072",
  );
  assertEquals(error.status, 422);
});

Deno.test("pictures of every aspect pass at a large network's own size", () => {
  for (const [widthPx, heightPx] of [[1200, 600], [3000, 1000], [90, 5000], [7, 9], [9000, 1]]) {
    const full = { widthPx: widthPx!, heightPx: heightPx! };
    checkWork(LARGE, smallSize(full, { sizePx: 256, maxPixels: mostPixels(LARGE) }));
  }
});

Deno.test("mostTogether() counts all that the network sees", () => {
  const small = { widthPx: 64, heightPx: 64 };
  const copy = { small, lightness: new Float32Array(64 * 64), hints: undefined };
  assertEquals(mostTogether({ copy, vividness: 0.5 }), 8);
  const closer = [new Float32Array(96 * 96), new Float32Array(128 * 128)];
  assertEquals(mostTogether({ copy: { ...copy, closer }, vividness: 0.5 }), 1);
});
