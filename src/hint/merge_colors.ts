/** Colors that are nearer to each other than this, in units of a* and b*, count as one. */
const MERGE_DISTANCE = 5;
/** How that grows while there are too many colors. */
const GROWTH = 1.5;

/** Colors that are alike as one. */
export interface MergedColors {
  /** For each given color the number of its merged one, shape [N]. */
  numbers: Uint8Array;
  /** Interleaved a*, b* of the merged colors: the mean of what each stands for. */
  colors: Float32Array;
}

/** Given colors that round to the same whole units. */
interface Cell {
  a: number;
  b: number;
  count: number;
  sumA: number;
  sumB: number;
  /** Of the merged color. */
  number: number;
}

/**
 * Merges colors within 5 units of a* and b*; farther ones too where more than `most` remained.
 * @param ab Interleaved a*, b*, shape [N * 2].
 * @param most How many merged colors there may be, up to 256.
 */
export function mergeColors(ab: Float32Array, most: number): MergedColors {
  const cells = new Map<number, Cell>();
  const keys = Float64Array.from({ length: ab.length / 2 }, (_, i) => {
    const [a, b] = [ab[2 * i]!, ab[2 * i + 1]!];
    const key = Math.round(a) * 4096 + Math.round(b);
    const cell = cells.get(key) ?? { a, b, count: 0, sumA: 0, sumB: 0, number: 0 };
    cell.count++;
    cell.sumA += a;
    cell.sumB += b;
    cells.set(key, cell);
    return key;
  });
  let count = numberCells([...cells.values()], MERGE_DISTANCE);
  for (let distance = MERGE_DISTANCE; count > most;) {
    count = numberCells([...cells.values()], distance *= GROWTH);
  }
  return {
    numbers: Uint8Array.from(keys, (key) => cells.get(key)!.number),
    colors: meansOf(cells.values(), count),
  };
}

/** Gives each cell the number of the first one that lies near it; returns how many there are. */
function numberCells(cells: Cell[], distance: number): number {
  const firsts: Cell[] = [];
  for (const cell of cells) {
    const near = firsts.findIndex(({ a, b }) => Math.hypot(a - cell.a, b - cell.b) < distance);
    cell.number = near < 0 ? firsts.push(cell) - 1 : near;
  }
  return firsts.length;
}

function meansOf(cells: Iterable<Cell>, count: number): Float32Array {
  const sums = new Float64Array(3 * count);
  for (const { number, count, sumA, sumB } of cells) {
    sums[3 * number]! += sumA;
    sums[3 * number + 1]! += sumB;
    sums[3 * number + 2]! += count;
  }
  return Float32Array.from(
    { length: 2 * count },
    (_, i) => sums[3 * (i >> 1) + (i & 1)]! / sums[3 * (i >> 1) + 2]!,
  );
}
