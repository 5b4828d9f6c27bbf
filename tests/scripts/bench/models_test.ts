import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { benchModels, modelsText } from "../../../scripts/bench/models.ts";
import { torchTest } from "../../torch.ts";

torchTest(
  "benchModels() imports what PyTorch has written, and predicts what it predicts",
  async () => {
    const speeds = await benchModels({ backend: "wasm", width: 4, threads: 1 });
    assertEquals(speeds.map(({ network, size }) => `${network} ${size}`), [
      ...["eccv16 64x64", "eccv16 256x176", "siggraph17 64x64", "siggraph17 256x176"],
    ]);
    for (const { largestError, ms, torchMs } of speeds) {
      assert(largestError < 1e-3, `${largestError} units of ab`);
      assert(ms > 0 && torchMs > 0);
    }
    assertStringIncludes(modelsText(speeds), "eccv16, width 4, 64x64, CPU (WASM SIMD)");
  },
);
