import { assert, assertEquals } from "@std/assert";
import { endWorkers } from "../../../scripts/command/end_workers.ts";

Deno.test("endWorkers() ends workers at once, and waits for those on a GPU", async () => {
  for (const [backend, leastMs, mostMs] of [["wasm", 0, 400], ["webgpu", 500, 2000]] as const) {
    const workers = [tickingWorker(), tickingWorker()];
    await Promise.all(workers.map(({ ticked }) => ticked));
    const startMs = performance.now();
    await endWorkers(workers.map(({ worker }) => worker), { backend });
    const tookMs = performance.now() - startMs;
    assert(tookMs >= leastMs - 5 && tookMs < mostMs, `${backend}: ${tookMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50)); // ticks on the way arrive
    const before = workers.map(({ ticks }) => ticks());
    await new Promise((resolve) => setTimeout(resolve, 100));
    assertEquals(workers.map(({ ticks }) => ticks()), before);
  }
});

/** A worker that counts aloud. */
function tickingWorker() {
  const code = "setInterval(() => postMessage(0), 5)";
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  const first = Promise.withResolvers<void>();
  let ticks = 0;
  worker.onmessage = () => {
    ticks++;
    first.resolve();
  };
  return { worker, ticked: first.promise, ticks: () => ticks };
}
