import { assert, assertEquals } from "@std/assert";
import { indexInTiles, LANES, neighborsOf, rightOf, tileGrid } from "../../src/hint/tile_grid.ts";

Deno.test("neighborsOf() and rightOf() lead to the pixels beside, above and below, across tiles too", () => {
  const size = { widthPx: 37, heightPx: 50 };
  const grid = tileGrid(size);
  const neighbors = new Int32Array(4);
  const seen = new Set<number>();
  for (let y = 0; y < size.heightPx; y++) {
    for (let x = 0; x < size.widthPx; x++) {
      const at = (dx: number, dy: number) => indexInTiles(grid, { x: x + dx, y: y + dy });
      neighborsOf(at(0, 0), grid, neighbors);
      assertEquals([...neighbors], [at(-1, 0), at(1, 0), at(0, -1), at(0, 1)]);
      assertEquals(rightOf(at(0, 0)), at(1, 0));
      for (const index of [at(0, 0), ...neighbors]) {
        assert(index >= 0 && index % LANES === 0 && index + LANES <= grid.length);
      }
      seen.add(at(0, 0));
    }
  }
  assertEquals(seen.size, size.widthPx * size.heightPx);
});
