/** Tests that compare with PyTorch, which the repository does not bring along. */
import { findPython } from "../scripts/bench/peer.ts";

const python = await findPython();

/**
 * Registers a test that runs PyTorch. Where no python3 has it the test is ignored, and counted at the
 * end of `deno task test`.
 * @param fn Receives the Python that has it.
 */
export function torchTest(name: string, fn: (python: string) => Promise<void>): void {
  if (python) Deno.test(name, () => fn(python));
  else Deno.test({ name: `${name} [left out: no PyTorch]`, ignore: true, fn: () => {} });
}
