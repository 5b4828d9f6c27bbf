import { assertAlmostEquals, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { solveConjugateGradients } from "../../src/hint/conjugate_gradients.ts";

/** -1, 2, -1: what a chain of springs does, its ends held. */
function chain(values: Float64Array): Float64Array {
  return values.map((value, i) => 2 * value - (values[i - 1] ?? 0) - (values[i + 1] ?? 0));
}

const SYSTEM = {
  multiply: chain,
  precondition: (values: Float64Array) => values.map((value) => value / 2),
  rightSide: new Float64Array(40).fill(1),
};

Deno.test("solveConjugateGradients() solves to the tolerance", () => {
  const solution = solveConjugateGradients(SYSTEM, { tolerance: 1e-10, maxSteps: 60 });
  // The closed form of a chain under a constant load.
  solution.forEach((value, i) => assertAlmostEquals(value, (i + 1) * (40 - i) / 2, 1e-6));
});

Deno.test("solveConjugateGradients() solves for what is tiny, or large", () => {
  for (const scale of [1e-250, 1e200]) {
    const system = { ...SYSTEM, rightSide: new Float64Array(40).fill(scale) };
    const solution = solveConjugateGradients(system, { tolerance: 1e-10, maxSteps: 60 });
    solution.forEach((value, i) => assertAlmostEquals(value / scale, (i + 1) * (40 - i) / 2, 1e-6));
  }
});

Deno.test("solveConjugateGradients() takes no step for a right side of zeros", () => {
  const system = { ...SYSTEM, rightSide: new Float64Array(3) };
  const solution = solveConjugateGradients(system, { tolerance: 1e-10, maxSteps: 0 });
  assertEquals(solution, new Float64Array(3));
});

Deno.test("solveConjugateGradients() says how far it came when steps run out", () => {
  const error = assertThrows(
    () => solveConjugateGradients(SYSTEM, { tolerance: 1e-10, maxSteps: 3 }),
    Error,
  );
  assertMatch(
    error.message,
    /^Cannot solve for colors: residual must fall to 1e-10 in 3 steps, got \d\.\de[+-]\d$/,
  );
});
