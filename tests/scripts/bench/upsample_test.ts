import { assertEquals, assertLess } from "@std/assert";
import { Image } from "imagescript";
import { benchUpsample } from "../../../scripts/bench/upsample.ts";
import { encodeImage } from "../../../src/image/encode.ts";

Deno.test("benchUpsample() finds edge-aware colors nearer to a picture whose edges have colors", async () => {
  const image = new Image(300, 200);
  for (let at = 0; at < 300 * 200; at++) {
    const isBright = (at % 300) % 37 < 18;
    image.bitmap.set(isBright ? [230, 200, 90, 255] : [40, 60, 120, 255], 4 * at);
  }
  const path = await Deno.makeTempFile({ prefix: "polychromify-photo-", suffix: ".png" });
  try {
    await Deno.writeFile(path, await encodeImage(image, { format: "png" }));
    const { photos, edgeAwareDeltaE, bilinearDeltaE } = await benchUpsample([path]);
    assertEquals(photos, 1);
    assertLess(edgeAwareDeltaE, bilinearDeltaE);
  } finally {
    await Deno.remove(path);
  }
});
