import { assertAlmostEquals, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { Image } from "imagescript";
import { benchLooks } from "../../../scripts/bench/looks.ts";
import { ciede2000 } from "../../../src/color/ciede2000.ts";
import { rgbToLab } from "../../../src/color/lab.ts";
import { encodeImage } from "../../../src/image/encode.ts";
import { makePalette } from "../../colorize/palette_model.ts";

Deno.test("benchLooks() tells both ways to look apart, beside no color at all", async () => {
  const image = new Image(300, 256);
  for (let at = 0; at < 300 * 256; at++) {
    const isBright = (at % 300) % 37 < 18;
    image.bitmap.set(isBright ? [230, 200, 90, 255] : [40, 60, 120, 255], 4 * at);
  }
  const path = await Deno.makeTempFile({ prefix: "polychromify-photo-", suffix: ".png" });
  const model = makePalette();
  try {
    await Deno.writeFile(path, await encodeImage(image, { format: "png" }));
    const quality = await benchLooks([path, path], { backend: "wasm", model });
    assertEquals(quality.photos, 2);
    const truth = rgbToLab(image.bitmap, 4);
    const gray = ciede2000(truth, { ...truth, ab: new Float32Array(truth.ab.length) });
    const mean = gray.reduce((sum, value) => sum + value, 0) / gray.length;
    assertAlmostEquals(quality.grayDeltaE, mean, 1e-3);
    assertNotEquals(quality.afar.deltaE, quality.closer.deltaE);
    assertGreater(quality.afar.ms, 0);
    assertGreater(quality.closer.ms, 0);
  } finally {
    await Deno.remove(path);
    model.network.dispose();
  }
});
