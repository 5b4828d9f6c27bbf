import type { Network } from "../../src/network/network.ts";
import { assignWeights, readWeights } from "../../src/network/weights.ts";
import { SeededRandom } from "../random.ts";

/**
 * Gives random values to the weights that start as zeros and ones, batch norm's statistics among
 * them: left as they are, they would not show a mistake. A palette's prior stays what it is.
 */
export async function shakeWeights(network: Network): Promise<void> {
  const random = new SeededRandom(5);
  const arrays = await readWeights(network);
  for (const array of arrays) {
    const values = random.values(array.values.length);
    if (array.name.endsWith("output/kernel")) {
      array.values = values.map((value) => value / 50); // far from where tanh saturates
    } else if (/\/(bias|beta|gamma|moving_mean|moving_variance)$/.test(array.name)) {
      const center = /gamma|variance/.test(array.name) ? 1 : 0;
      array.values = values.map((value) => center + value / 2);
    }
  }
  assignWeights(network, new Map(arrays.map((array) => [array.name, array])));
}
