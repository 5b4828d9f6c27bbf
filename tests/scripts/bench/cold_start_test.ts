import { assertGreater, assertRejects } from "@std/assert";
import { benchColdStart } from "../../../scripts/bench/cold_start.ts";
import { makeModelsFolder } from "../../colorize/model_folder.ts";

const modelsDir = await makeModelsFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

const flags = ["--models", modelsDir, "--backend", "wasm", "--model"];

Deno.test("benchColdStart() measures a server's first picture", async () => {
  const { coldStartMs } = await benchColdStart({ flags: [...flags, "tiny"], runs: 1 });
  assertGreater(coldStartMs, 50);
});

Deno.test("benchColdStart() gives no figure for a server without a model", async () => {
  const options = { flags: [...flags, "untrained"], runs: 1 };
  await assertRejects(() => benchColdStart(options), Error);
});
