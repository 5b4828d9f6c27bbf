/** `deno task build-kernels`: compiles the WASM kernels, after a change of their sources. */
import { compileKernels, KERNELS_WASM } from "./build_kernels/compile.ts";
import { type Command, runCommand } from "./command/run.ts";

const COMMAND: Command = {
  name: "build-kernels",
  summary: "Compiles src/backend/wasm/simd/*.as to kernels.wasm beside them, to be committed.",
  positionals: "",
  flags: {},
  examples: ["deno task build-kernels"],
};

await runCommand(COMMAND, async () => {
  const bytes = await compileKernels();
  await Deno.writeFile(KERNELS_WASM, bytes);
  console.log(`src/backend/wasm/simd/kernels.wasm: ${bytes.length} bytes`);
});
