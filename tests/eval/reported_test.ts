import { assertEquals } from "@std/assert";
import { REPORTED_MODELS, REPORTED_VARIANTS } from "../../src/eval/reported.ts";
import { parseNetworkConfig } from "../../src/network/config.ts";

/** What a model's configuration says of the settings that the report's Table 1 has. */
function settingsOf(variant: string) {
  const path = new URL(`../../models/${variant}/config.json`, import.meta.url);
  const { network, training } = JSON.parse(Deno.readTextFileSync(path));
  const config = parseNetworkConfig(network);
  if (config.kind !== "encoder-decoder") throw new TypeError(`${variant} is ${config.kind}`);
  return {
    structure: config.encoder.length === 3 ? "S1" : "S2",
    strided: config.strided,
    batchNorm: config.batchNorm,
    dropout: config.dropout > 0,
    epochs: training.epochs,
  };
}

for (const [variant, reported] of Object.entries(REPORTED_VARIANTS)) {
  Deno.test(`models/${variant} is the variant that the report's Table 1 describes`, () => {
    const { structure, strided, batchNorm, dropout, epochs } = reported;
    assertEquals(settingsOf(variant), { structure, strided, batchNorm, dropout, epochs });
  });
}

Deno.test("the report ranks SIGGRAPH17 first and its CNN last", () => {
  const ranked = Object.entries(REPORTED_MODELS).sort(([, a], [, b]) => b.psnr - a.psnr);
  assertEquals([ranked[0]![0], ranked.at(-1)![0]], ["siggraph17", "cnn"]);
});
