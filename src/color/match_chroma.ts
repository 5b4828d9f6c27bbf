/** Angles of this step are spread evenly over any number of rounds: the golden section of 90 degrees. */
const ANGLE_STEP = 0.381966 * Math.PI / 2;
/** Projections lie within, before and after any round. */
const REACH = 220;
const NODES_PER_UNIT = 4;
const NODES = 2 * REACH * NODES_PER_UNIT + 2;

/**
 * Moves colors so that they become as a whole those of another picture, each as little as it takes:
 * along two directions at right angles, round after round, projected colors go to where as many of
 * the others lie below. Equal colors stay equal, and similar ones similar.
 * @param ab Interleaved a*, b*, shape [N * 2]; not changed.
 * @param referenceAb Likewise, shape [M * 2], at least one color.
 * @param options.firstRound Rounds have directions of their own: where to go on after other ones.
 * @returns Moved colors, shape [N * 2].
 * @see Pitie, Kokaram, Dahyot 2007, "Automated colour grading using colour distribution transfer".
 */
export function matchChroma(
  ab: Float32Array,
  referenceAb: Float32Array,
  { rounds, firstRound = 0 }: { rounds: number; firstRound?: number },
): Float32Array {
  const moved = ab.slice();
  for (let round = firstRound; round < firstRound + rounds; round++) {
    const angle = (round * ANGLE_STEP) % (Math.PI / 2);
    matchAlong(moved, referenceAb, { a: Math.cos(angle), b: Math.sin(angle) });
    matchAlong(moved, referenceAb, { a: -Math.sin(angle), b: Math.cos(angle) });
  }
  return moved;
}

/** Gives the projections of colors on a unit vector the distribution of the reference's; in place. */
function matchAlong(
  ab: Float32Array,
  referenceAb: Float32Array,
  direction: { a: number; b: number },
): void {
  const goals = goalsOf(sharesOf(ab, direction), sharesOf(referenceAb, direction));
  for (let i = 0; i < ab.length; i += 2) {
    const position = nodePosition(ab, i, direction);
    const node = position | 0;
    const goal = goals[node]! + (position - node) * (goals[node + 1]! - goals[node]!);
    const shift = (goal - position) / NODES_PER_UNIT;
    ab[i]! += shift * direction.a;
    ab[i + 1]! += shift * direction.b;
  }
}

/** The share of the projections at each node of a line. */
function sharesOf(ab: Float32Array, direction: { a: number; b: number }): Float64Array {
  const shares = new Float64Array(NODES);
  for (let i = 0; i < ab.length; i += 2) {
    const position = nodePosition(ab, i, direction);
    const node = position | 0;
    shares[node]! += (1 - position + node) * 2 / ab.length;
    shares[node + 1]! += (position - node) * 2 / ab.length;
  }
  return shares;
}

/** For each node, the position with as much of the reference below as the node has of its own. */
function goalsOf(own: Float64Array, reference: Float64Array): Float64Array {
  const [ownBelow, below] = [sharesBelow(own), sharesBelow(reference)];
  // Only nodes with a share of their own tell where the reference lies.
  const occupied = Uint32Array.from({ length: NODES }, (_, node) => node)
    .filter((node) => reference[node]! > 0);
  const goals = new Float64Array(NODES);
  let next = 0;
  for (let node = 0; node < NODES; node++) {
    while (next < occupied.length && below[occupied[next]!]! < ownBelow[node]!) next++;
    const [before, after] = [occupied[next - 1], occupied[next]];
    if (before === undefined || after === undefined) {
      goals[node] = (before ?? after)!;
    } else {
      const part = (ownBelow[node]! - below[before]!) / (below[after]! - below[before]!);
      goals[node] = before + (after - before) * part;
    }
  }
  return goals;
}

/** What share lies below each node, half of that at the node included. */
function sharesBelow(shares: Float64Array): Float64Array {
  let below = 0;
  return shares.map((own) => {
    below += own;
    return below - own / 2;
  });
}

/** Where a projection lies on the line of nodes. */
function nodePosition(ab: Float32Array, i: number, { a, b }: { a: number; b: number }): number {
  return (a * ab[i]! + b * ab[i + 1]! + REACH) * NODES_PER_UNIT;
}
