import asc from "assemblyscript/asc";

const FOLDER = new URL("../../src/backend/wasm/simd/", import.meta.url);

/** Where the compiled kernels lie, in the repository as well: users need no compiler. */
export const KERNELS_WASM: URL = new URL("kernels.wasm", FOLDER);

/**
 * The optimizer stays off: it reorders a kernel's products so that 15 vector registers no longer
 * hold them (a third slower), and V8 optimizes anyway. 256 pages are what tfjs' memory starts
 * with; declaring them saves bounds checks.
 */
const OPTIONS = ["--runtime", "stub", "--noAssert", "--importMemory"]
  .concat(["--initialMemory", "256", "--enable", "simd,relaxed-simd"]);

/**
 * Compiles the kernels of the WASM backend.
 * @returns The WASM module's bytes, the same for the same sources.
 * @throws {SyntaxError} With the compiler's messages.
 */
export async function compileKernels(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const { error, stderr } = await asc.main(["kernels.ts", "--outFile", "out.wasm", ...OPTIONS], {
    readFile: readSource,
    writeFile: (_name, contents) => void (bytes = contents as Uint8Array),
    listFiles: () => [],
  });
  if (error || !bytes) {
    throw new SyntaxError(`Cannot compile kernels: sources must be valid, got ${stderr}`);
  }
  return bytes;
}

/** The sources end in `.as`, so that Deno's own tools do not take them for TypeScript. */
function readSource(name: string): Promise<string | null> {
  return Deno.readTextFile(new URL(name.replace(/\.ts$/, ".as"), FOLDER)).catch(() => null);
}
