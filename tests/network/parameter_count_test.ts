import { assertEquals } from "@std/assert";
import { startBackend } from "../../src/backend/start.ts";
import { buildNetwork } from "../../src/network/build.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { countParameters } from "../../src/network/parameter_count.ts";

const CONFIGS: NetworkConfig[] = [
  { kind: "constant", a: 0, b: 0 },
  { kind: "plain-cnn", filters: [4, 3] },
  { kind: "eccv16", width: 5, temperature: 1 },
  { kind: "siggraph17", width: 6 },
];

for (const config of CONFIGS) {
  Deno.test(`countParameters() counts those of ${config.kind} as they are when it is built`, async () => {
    await startBackend("wasm");
    const network = buildNetwork(config, { seed: "blank" });
    assertEquals(countParameters(config), network.parameterCount);
    network.dispose();
  });
}

Deno.test("countParameters() knows the papers' networks", () => {
  // PyTorch's counts, and the statistics of batch norms.
  assertEquals(countParameters({ kind: "eccv16", width: 64, temperature: 1 }), 32_236_011 + 4992);
  assertEquals(countParameters({ kind: "siggraph17", width: 64 }), 34_187_027 + 5760);
});
