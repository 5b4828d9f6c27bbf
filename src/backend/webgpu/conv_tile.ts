/**
 * The WGSL that our convolution shaders have in common: a workgroup multiplies one tile of a
 * product of matrices. Both operands are loaded into workgroup memory, a slab of the depth at a
 * time; each thread sums up to 8 x 8 values in registers, so that a value read from workgroup
 * memory is used up to 8 times.
 */

/** Terms of each sum that are loaded at a time. */
export const TILE_DEPTH = 16;

/** Threads of a workgroup, and the vec4s of rows and columns of each. */
export interface Tile {
  down: number;
  across: number;
  rowQuads: 1 | 2;
  columnQuads: 1 | 2;
}

/** The workgroup for a product of `rows` x `columns` values: narrow ones leave little idle. */
export function chooseTile(rows: number, columns: number): Tile {
  const columnQuads = columns <= 16 ? 1 : 2;
  const across = columns <= 4 ? 1 : columns <= 32 ? 4 : 8;
  if (rows <= 16) return { down: 4, across, rowQuads: 1, columnQuads };
  if (columnQuads === 1) return { down: across === 1 ? 32 : 16, across, rowQuads: 1, columnQuads };
  return { down: 8, across, rowQuads: 2, columnQuads };
}

/** Rows of the product that a workgroup computes. */
export function rowsOf({ down, rowQuads }: Tile): number {
  return 4 * down * rowQuads;
}

/** Columns of the product that a workgroup computes. */
export function columnsOf({ across, columnQuads }: Tile): number {
  return 4 * across * columnQuads;
}

/** What tells the shaders of two products apart; expressions are WGSL. */
export interface ProductText {
  tile: Tile;
  /** Whether a loaded vec4 has 4 rows at one depth, or 4 depths of one row. */
  leftBy: "rows" | "depth";
  /** Whether a loaded vec4 has 4 columns at one depth, or 4 depths of one column. */
  rightBy: "columns" | "depth";
  /** Functions of the module. */
  declarations: string;
  /** Statements before the loop; may lower `end`, where the depth ends. */
  setup: string;
  /** What a thread remembers of `row` and `depthAt`, its place in each load of the left operand. */
  place: string;
  /** The left operand's vec4 at `row`, `depthAt` and `place`. */
  left: string;
  /** The right operand's vec4 at `column` and `depthAt`. */
  right: string;
  /** The place in the next slab, when it changes. */
  nextPlace?: string;
  /** Statements after each slab. */
  next?: string;
  /** Where `row` begins in the result; negative where there is no such row. */
  rowOffset: string;
  /** Statement that writes `sum` at `offset` + `column`: a vec4, or a value where `rightBy` depth. */
  write: string;
}

const XYZW = ["x", "y", "z", "w"];

/**
 * WGSL of a product. Groups in x and y are row tiles, in z column tiles, then slices of the depth,
 * then parts: products of other operands.
 */
export function productCode(text: ProductText): string {
  const { tile } = text;
  const loads = tileLoads(text);
  return `
    ${declareTiles(text)}
    ${text.declarations}

    @compute @workgroup_size(${tile.down * tile.across})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) localIndex : u32,
    ) {
      let local = i32(localIndex);
      let down = local / ${tile.across};
      let across = local % ${tile.across};
      let z = i32(group.z) / uniforms.columnTiles;
      let firstColumn = (i32(group.z) - z * uniforms.columnTiles) * ${columnsOf(tile)};
      let firstRow = i32(group.y * groups.x + group.x) * ${rowsOf(tile)};
      let part = z / uniforms.slices;
      let slice = z - part * uniforms.slices;
      let begin = slice * uniforms.sliceDepth;
      var end = begin + uniforms.sliceDepth;
      ${text.setup}
      ${loads.places}
      ${eachSum(tile, (name) => `var ${name} = vec4<f32>(0.0);`)}
      for (var depth = begin; depth < end; depth += ${TILE_DEPTH}) {
        ${loads.statements}
        workgroupBarrier();
        ${addProducts(text)}
        workgroupBarrier();
        ${text.next ?? ""}
      }
      ${writeSums(text)}
    }`;
}

/**
 * Outer indices are constants where products are summed: no access is bounds-checked there.
 * A vec4 lies at [depth][quad][thread], one of 4 depths at [depth / 4][row or column][thread].
 */
function declareTiles({ tile, leftBy, rightBy }: ProductText): string {
  const nest = (sizes: number[]) =>
    sizes.reduceRight((element, size) => `array<${element}, ${size}>`, "vec4<f32>");
  const shape = (by: string, quads: number, threads: number) =>
    by === "depth" ? [TILE_DEPTH / 4, 4 * quads, threads] : [TILE_DEPTH, quads, threads];
  return `
    var<workgroup> leftTile : ${nest(shape(leftBy, tile.rowQuads, tile.down))};
    var<workgroup> rightTile : ${nest(shape(rightBy, tile.columnQuads, tile.across))};`;
}

/** WGSL of a thread's shares of loading both tiles, and of what it keeps in mind between slabs. */
function tileLoads(text: ProductText): { places: string; statements: string } {
  const { tile, leftBy, rightBy } = text;
  const left = shares(tile, { by: leftBy, size: rowsOf(tile), threads: tile.down });
  const right = shares(tile, { by: rightBy, size: columnsOf(tile), threads: tile.across });
  const places = left.map(({ line, depth }, i) =>
    `var place${i} = ${
      substitute(text.place, { row: `(firstRow + ${line})`, depthAt: `(begin + ${depth})` })
    };`
  );
  const statements = left.map(({ line, depth, element }, i) =>
    `{ let row = firstRow + ${line}; let depthAt = depth + ${depth}; let place = place${i};
       leftTile${element} = ${text.left};
       ${text.nextPlace ? `place${i} = ${text.nextPlace};` : ""} }`
  );
  statements.push(
    ...right.map(({ line, depth, element, guard }) =>
      `{ let column = firstColumn + ${line}; let depthAt = depth + ${depth};
       ${guard} { rightTile${element} = ${text.right}; } }`
    ),
  );
  return { places: places.join("\n"), statements: statements.join("\n") };
}

/** A vec4 that a thread loads: its line (row or column) and depth in the tile, and its element. */
interface LoadShare {
  line: string;
  depth: string;
  element: string;
  guard: string;
}

function shares(
  { down, across }: Tile,
  { by, size, threads }: { by: string; size: number; threads: number },
): LoadShare[] {
  const group = down * across;
  const count = TILE_DEPTH * size / 4;
  const inner = by === "depth" ? TILE_DEPTH / 4 : size / 4;
  return Array.from({ length: Math.ceil(count / group) }, (_, load) => {
    const near = inner <= group ? `(local % ${inner})` : `((local + ${load * group}) % ${inner})`;
    const far = `((local + ${load * group}) / ${inner})`;
    const guard = (load + 1) * group > count ? `if (local + ${load * group} < ${count})` : "";
    const [at, thread] = by === "depth" ? [far, far] : [near, near];
    const within = `[${thread} / ${threads}][${at} % ${threads}]`;
    return by === "depth"
      ? { line: far, depth: `4 * ${near}`, element: `[${near}]${within}`, guard }
      : { line: `4 * ${near}`, depth: far, element: `[${far}]${within}`, guard };
  });
}

function substitute(expression: string, names: Record<string, string>): string {
  return expression.replace(/\b(row|depthAt)\b/g, (name) => names[name]!);
}

function eachSum(
  { rowQuads, columnQuads }: Tile,
  line: (name: string, row: number, quad: number) => string,
): string {
  const lines: string[] = [];
  for (let row = 0; row < 4 * rowQuads; row++) {
    for (let quad = 0; quad < columnQuads; quad++) lines.push(line(`sum${row}_${quad}`, row, quad));
  }
  return lines.join("\n");
}

/**
 * Adds the products of the loaded slab to the sums. A short loop: unrolled further it is no faster,
 * and takes seconds to compile on a software adapter.
 */
function addProducts({ tile, leftBy, rightBy }: ProductText): string {
  const unrolled = leftBy === "depth" || rightBy === "depth" ? 4 : 1;
  const left = (row: number, depth: number) =>
    leftBy === "rows"
      ? `leftTile[${unrolled} * round + ${depth}][${row >> 2}][down].${XYZW[row % 4]}`
      : `leftTile[round][${row}][down].${XYZW[depth]}`;
  const right = (quad: number, depth: number) => {
    if (rightBy === "columns") return `rightTile[${unrolled} * round + ${depth}][${quad}][across]`;
    const values = XYZW.map((_, i) => `rightTile[round][${4 * quad + i}][across].${XYZW[depth]}`);
    return `vec4<f32>(${values.join(", ")})`;
  };
  const depths = Array.from({ length: unrolled }, (_, depth) => {
    const lines: string[] = [];
    for (let quad = 0; quad < tile.columnQuads; quad++) {
      lines.push(`let right${quad} = ${right(quad, depth)};`);
    }
    for (let row = 0; row < 4 * tile.rowQuads; row++) {
      lines.push(`let left${row} = vec4<f32>(${left(row, depth)});`);
    }
    lines.push(
      eachSum(tile, (name, row, quad) => `${name} = fma(left${row}, right${quad}, ${name});`),
    );
    return `{ ${lines.join("\n")} }`;
  });
  const rounds = TILE_DEPTH / unrolled;
  return `for (var round = 0; round < ${rounds}; round++) {\n${depths.join("\n")}\n}`;
}

/** Writes what a thread has summed, row by row. */
function writeSums({ tile, leftBy, rightBy, rowOffset, write }: ProductText): string {
  const { down, across, rowQuads, columnQuads } = tile;
  const statement = (column: string, sum: string) =>
    `{ let column = firstColumn + ${column}; let sum = ${sum}; ${write} }`;
  const rows = Array.from({ length: 4 * rowQuads }, (_, row) => {
    const at = leftBy === "rows"
      ? `${(row >> 2) * 4 * down + row % 4} + 4 * down`
      : `${row * down} + down`;
    const columns = Array.from({ length: columnQuads }, (_, quad) => {
      const sum = `sum${row}_${quad}`;
      if (rightBy === "columns") return statement(`${quad * 4 * across} + 4 * across`, sum);
      return XYZW.map((xyzw, i) =>
        statement(`${(4 * quad + i) * across} + across`, `${sum}.${xyzw}`)
      ).join("\n");
    });
    return `{
      let row = firstRow + ${at};
      let offset = ${rowOffset};
      if (offset >= 0) { ${columns.join("\n")} }
    }`;
  });
  return rows.join("\n");
}
