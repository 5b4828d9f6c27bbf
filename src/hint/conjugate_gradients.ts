/** A symmetric positive definite system of equations. */
export interface LinearSystem {
  /** Multiplies by the matrix. */
  multiply: (values: Float64Array) => Float64Array;
  /** Solves a system that is nearly the same. */
  precondition: (values: Float64Array) => Float64Array;
  rightSide: Float64Array;
}

/**
 * Solves a system by preconditioned conjugate gradients.
 * @param options.tolerance The residual that ends it, in norms of the right side.
 * @param options.maxSteps How many steps it may take.
 * @throws {Error} When the residual is larger after so many steps, naming both.
 * @see Golub and Van Loan 2013, "Matrix computations", algorithm 11.5.1.
 */
export function solveConjugateGradients(
  { rightSide, ...system }: LinearSystem,
  options: { tolerance: number; maxSteps: number },
): Float64Array {
  // Squares of what is tiny would be 0: the system is solved at a scale of its own.
  const scale = rightSide.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = { ...system, rightSide: rightSide.map((value) => value / scale) };
  return solveScaled(scaled, options).map((value) => scale * value);
}

function solveScaled(
  { multiply, precondition, rightSide }: LinearSystem,
  { tolerance, maxSteps }: { tolerance: number; maxSteps: number },
): Float64Array {
  const solution = new Float64Array(rightSide.length);
  const enough = tolerance * norm(rightSide);
  const residual = rightSide.slice();
  let direction = new Float64Array(rightSide.length), slope = 1;
  for (let step = 0; !(norm(residual) <= enough); step++) {
    if (step === maxSteps) {
      const got = (norm(residual) / norm(rightSide)).toExponential(1);
      const rule = `residual must fall to ${tolerance} in ${maxSteps} steps`;
      throw new Error(`Cannot solve for colors: ${rule}, got ${got}`);
    }
    const preconditioned = precondition(residual);
    const newSlope = dot(residual, preconditioned);
    direction = preconditioned.map((value, i) => value + newSlope / slope * direction[i]!);
    slope = newSlope;
    const image = multiply(direction);
    const length = slope / dot(direction, image);
    for (let i = 0; i < solution.length; i++) {
      solution[i]! += length * direction[i]!;
      residual[i]! -= length * image[i]!;
    }
  }
  return solution;
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}
