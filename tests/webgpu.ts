/** Tests that need a WebGPU adapter, and what becomes of them where there is none. */
import { assert } from "@std/assert";

/** Under this variable a missing adapter is a failure, so that nothing stays untested unseen. */
const required = Deno.env.get("REQUIRE_WEBGPU") === "1";
const hasAdapter = (await navigator.gpu?.requestAdapter() ?? null) !== null;

/** What was sent to any GPU so far. */
let submits = 0;
if (hasAdapter) {
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (...commands) {
    submits++;
    return submit.apply(this, commands);
  };
}

/**
 * Registers a test that runs on a WebGPU adapter. Without one it is ignored, and counted at the end
 * of `deno task test`; under `REQUIRE_WEBGPU=1` it fails instead, naming the missing adapter. One
 * that sends nothing to the GPU fails: it ran elsewhere.
 * @param options.sends Whether this process is to send something to the GPU.
 */
export function webgpuTest(
  name: string,
  fn: (t: Deno.TestContext) => void | Promise<void>,
  { sends = true }: { sends?: boolean } = {},
): void {
  if (!hasAdapter && !required) {
    Deno.test({ name: `${name} [left out: no WebGPU adapter]`, ignore: true, fn });
    return;
  }
  Deno.test(name, async (t) => {
    assert(hasAdapter, "Cannot run this test: REQUIRE_WEBGPU=1 needs a WebGPU adapter, got none");
    const before = submits;
    await fn(t);
    assert(
      !sends || submits > before,
      "Cannot pass: the test must run something on the GPU, got nothing",
    );
  });
}
