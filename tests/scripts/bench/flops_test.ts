import { assertEquals } from "@std/assert";
import { networkFlops } from "../../../scripts/bench/flops.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import type { NetworkConfig } from "../../../src/network/config.ts";

async function flopsOf(config: NetworkConfig, sizePx: number) {
  await startBackend("wasm");
  const network = buildNetwork(config);
  const flops = networkFlops(network, { sizePx });
  network.dispose();
  return flops;
}

Deno.test("networkFlops() counts each layer at its own size", async () => {
  const flops = await flopsOf({
    ...{ kind: "encoder-decoder", planes: "ab", strided: true, batchNorm: true, dropout: 0.5 },
    ...{ encoder: [4, 8], dense: [6], decoder: [8, 4] },
  }, 16);
  const first = 2 * 8 * 8 * 9 * 1 * 4;
  const inference = first +
    2 * 4 * 4 * 9 * 4 * 8 +
    2 * 4 * 4 * 8 * 6 +
    2 * 4 * 4 * 9 * 6 * 8 +
    2 * 8 * 8 * 4 * 8 * 4 + // upsampled: four taps for each output
    2 * 8 * 8 * 4 * 2;
  assertEquals(flops, { inference, training: 3 * inference - first });
});

Deno.test("networkFlops() follows the skips of a U-Net", async () => {
  const config: NetworkConfig = {
    ...{
      kind: "u-net",
      widths: [4, 8],
      encoderConvs: [1, 0],
      decoderConvs: [1],
      firstStride: 1,
      batchNorm: false,
    },
  };
  const first = 2 * 8 * 8 * 9 * 1 * 4;
  const inference = first +
    2 * 8 * 8 * 9 * 4 * 4 +
    2 * 4 * 4 * 9 * 4 * 8 +
    2 * 8 * 8 * 4 * 8 * 4 +
    2 * 8 * 8 * 9 * 4 * 4 +
    2 * 8 * 8 * 4 * 2;
  assertEquals(await flopsOf(config, 8), { inference, training: 3 * inference - first });
});

Deno.test("networkFlops() of a constant is nothing", async () => {
  const flops = await flopsOf({ kind: "constant", a: 1, b: 2 }, 8);
  assertEquals(flops, { inference: 0, training: 0 });
});
