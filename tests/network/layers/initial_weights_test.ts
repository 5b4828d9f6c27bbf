import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { InitialWeights } from "../../../src/network/layers/initial_weights.ts";
import { buildNetwork } from "../../../src/network/build.ts";
import { parseNetworkConfig } from "../../../src/network/config.ts";
import { readWeights } from "../../../src/network/weights.ts";
import { startBackend } from "../../../src/backend/start.ts";

const SHAPE = [3, 3, 2, 4];

Deno.test("InitialWeights draws every weight from a seed of its own, the same each time", async () => {
  await startBackend("wasm");
  const draw = async (initial: InitialWeights) => {
    const values = [initial.glorotUniform(), initial.glorotUniform()];
    return await Promise.all(values.map((each) => each.apply(SHAPE).data()));
  };
  const [first, second] = await draw(new InitialWeights(5));
  assertNotEquals(first, second);
  assertEquals((await draw(new InitialWeights(5)))[1], second);
  assertEquals((await draw(new InitialWeights(2).at(3)))[0], first);
});

Deno.test("buildNetwork() with blank weights has all the weights of a random one, at zero", async () => {
  await startBackend("wasm");
  const text = Deno.readTextFileSync(
    new URL("../../../models/palette/config.json", import.meta.url),
  );
  const config = parseNetworkConfig(JSON.parse(text).network);
  const [blank, random] = await Promise.all(
    (["blank", 1] as const).map((seed) => readWeights(buildNetwork(config, { seed }))),
  );
  const shapes = (arrays: typeof blank) => arrays!.map(({ name, shape }) => `${name} ${shape}`);
  assertEquals(shapes(blank), shapes(random));
  for (const { name, values } of blank!.filter(({ name }) => name.endsWith("/kernel"))) {
    assert(values.every((value) => value === 0), name);
  }
});
