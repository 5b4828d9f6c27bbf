import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../scripts/command/run.ts";
import { findInitialWeights } from "../../../scripts/train/initial_weights.ts";
import { startBackend } from "../../../src/backend/start.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import type { Network } from "../../../src/network/network.ts";
import { encodeSafetensors } from "../../../src/network/safetensors.ts";
import { readWeights, saveWeights } from "../../../src/network/weights.ts";

Deno.test("findInitialWeights() loads those of a model, of a file, and the averages of a checkpoint", async () => {
  await using models = await makeModels();
  const { dir, network, other } = models;
  const trained = await readWeights(other);
  for (const init of ["tiny", `${dir}/file`]) {
    const fresh = await readWeights(network);
    assert(fresh[0]!.values[0] !== trained[0]!.values[0]);
    const { path, sha256 } = await findInitialWeights(init, { network, modelsDir: dir });
    assertEquals(path, init === "tiny" ? `${dir}/tiny/weights.safetensors` : init);
    assertEquals(await readWeights(network), trained);
    assert(/^[0-9a-f]{64}$/.test(sha256), sha256);
    await findInitialWeights(`${dir}/zeros`, { network, modelsDir: dir });
  }
  const averages = trained.map((array) => ({ ...array, name: `average/${array.name}` }));
  const zeros = trained.map((array) => ({
    ...array,
    values: new Float32Array(array.values.length),
  }));
  const checkpoint = encodeSafetensors([...zeros, ...averages], { type: "F32" });
  await Deno.writeFile(`${dir}/checkpoint`, checkpoint);
  await findInitialWeights(`${dir}/checkpoint`, { network, modelsDir: dir });
  assertEquals(await readWeights(network), trained);
});

Deno.test("findInitialWeights() refuses what is not there and what does not fit, by name", async () => {
  await using models = await makeModels();
  const { dir, network } = models;
  const find = (init: string) => () => findInitialWeights(init, { network, modelsDir: dir });
  await assertRejects(find("big"), UsageError, "must be one of bare, tiny, or a file, got big");
  const bare = `${dir}/bare/weights.safetensors must be there, got none`;
  await assertRejects(find("bare"), UsageError, bare);
  await Deno.writeTextFile(`${dir}/text`, "no weights at all");
  const text = await assertRejects(find(`${dir}/text`), Error, `the weights of ${dir}/text`);
  assert((text.cause as Error).message.includes("header"), String(text.cause));
  const wide = buildNetwork({ kind: "plain-cnn", filters: [5] });
  await Deno.writeFile(`${dir}/wide`, await saveWeights(wide, "F32"));
  wide.dispose();
  const { cause } = await assertRejects(find(`${dir}/wide`), Error, `the weights of ${dir}/wide`);
  const problem = /conv1\/kernel must have shape \[3,3,1,2\], got \[3,3,1,5\]/;
  assert(problem.test((cause as Error).message), String(cause));
});

/** Models `tiny`, with weights, and `bare`; `file` holds the same weights, `zeros` none but zeros. */
async function makeModels() {
  await startBackend("wasm");
  const dir = await Deno.makeTempDir();
  const [network, other] = [1, 2].map((seed) =>
    buildNetwork({ kind: "plain-cnn", filters: [2] }, { seed })
  ) as [Network, Network];
  for (const name of ["tiny", "bare"]) {
    await Deno.mkdir(`${dir}/${name}`);
    await Deno.writeTextFile(`${dir}/${name}/config.json`, "{}");
  }
  const weights = await saveWeights(other, "F32");
  await Deno.writeFile(`${dir}/tiny/weights.safetensors`, weights);
  await Deno.writeFile(`${dir}/file`, weights);
  const zeros = (await readWeights(other)).map((array) => ({
    ...array,
    values: new Float32Array(array.values.length),
  }));
  await Deno.writeFile(`${dir}/zeros`, encodeSafetensors(zeros, { type: "F32" }));
  const dispose = async () => {
    [network, other].forEach((made) => made.dispose());
    await Deno.remove(dir, { recursive: true });
  };
  return { dir, network, other, [Symbol.asyncDispose]: dispose };
}
