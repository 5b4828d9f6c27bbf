/** Pixels of a tile's side, and the bits of a place in it. */
const TILE = 16;
const TILE_BITS = 4;
/** Numbers that a pixel has in memory. */
export const LANES = 4;
/** Steps in memory to the right neighbor and the one below, inside a tile. */
const RIGHT = LANES;
const DOWN = LANES * TILE;
/** The bits of an index that tell the column and the row in a tile. */
const COLUMN = DOWN - RIGHT;
const ROW = DOWN * TILE - DOWN;
/** From one tile to the next. */
const TILE_STEP = DOWN * TILE;

/**
 * Where pixels lie in memory, four numbers each, when neighbors above and below shall be as near as
 * those beside: in tiles of 16 x 16. Around the picture there is a border of one pixel, so that
 * each pixel has four neighbors.
 */
export interface TileGrid {
  /** Numbers of all tiles. */
  length: number;
  /** From one row of tiles to the next. */
  rowStep: number;
}

/** The grid of a picture. */
export function tileGrid(
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): TileGrid {
  const rowStep = TILE_STEP * Math.ceil((widthPx + 2) / TILE);
  return { length: rowStep * Math.ceil((heightPx + 2) / TILE), rowStep };
}

/** The index of a pixel's first number. */
export function indexInTiles({ rowStep }: TileGrid, { x, y }: { x: number; y: number }): number {
  const [column, row] = [x + 1, y + 1];
  return (row >> TILE_BITS) * rowStep + (column >> TILE_BITS) * TILE_STEP +
    (row & (TILE - 1)) * DOWN + (column & (TILE - 1)) * RIGHT;
}

/** The neighbor to the right of an index. */
export function rightOf(index: number): number {
  return (index & COLUMN) === COLUMN ? index + TILE_STEP - COLUMN : index + RIGHT;
}

/**
 * Writes the four neighbors of an index: left, right, above, below. The opposite of each is its
 * number with the lowest bit flipped.
 */
export function neighborsOf(
  index: number,
  { rowStep }: TileGrid,
  neighbors: Int32Array,
): void {
  const column = index & COLUMN, row = index & ROW;
  neighbors[0] = column === 0 ? index - TILE_STEP + COLUMN : index - RIGHT;
  neighbors[1] = column === COLUMN ? index + TILE_STEP - COLUMN : index + RIGHT;
  neighbors[2] = row === 0 ? index - rowStep + ROW : index - DOWN;
  neighbors[3] = row === ROW ? index + rowStep - ROW : index + DOWN;
}
