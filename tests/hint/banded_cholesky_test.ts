import { assertAlmostEquals } from "@std/assert";
import { factorBanded, solveBanded } from "../../src/hint/banded_cholesky.ts";
import { SeededRandom } from "../random.ts";

Deno.test("solveBanded() solves what factorBanded() factored", () => {
  const random = new SeededRandom(2);
  for (const [size, band] of [[1, 0], [7, 2], [30, 11], [12, 11]] as const) {
    const rows = Float64Array.from(random.values(size * (band + 1)));
    for (let i = 0; i < size; i++) rows[i * (band + 1) + band] = 2 * band + 1; // positive definite
    const entry = (i: number, j: number): number =>
      j > i ? entry(j, i) : i - j > band ? 0 : rows[i * (band + 1) + band + j - i]!;
    const dense = Array.from(
      { length: size },
      (_, i) => Array.from({ length: size }, (_, j) => entry(i, j)),
    );
    const x = random.values(size);
    const b = Float64Array.from(dense, (row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0));
    const matrix = { size, band, rows };
    factorBanded(matrix);
    const solved = solveBanded(matrix, b);
    for (let i = 0; i < size; i++) assertAlmostEquals(solved[i]!, x[i]!, 1e-9);
  }
});
