import { assertEquals, assertThrows } from "@std/assert";
import { colorSourceOf, wayOf } from "../../src/serve/color_source.ts";
import type { ColorizeFields } from "../../src/serve/colorize_options.ts";
import { ProblemError } from "../../src/serve/problem.ts";

const FILE = Uint8Array.of(1, 2, 3);
const POINTS = [{ x: 1, y: 2, color: "#804020" }];
const REFERENCE = { files: { reference: FILE } };

Deno.test("colorSourceOf() reads what options and files ask for", () => {
  assertEquals(colorSourceOf({ points: POINTS, candidates: 3, method: "network" }), undefined);
  const spread = { kind: "spread", method: "geodesic", keepsRest: false } as const;
  assertEquals(colorSourceOf({ method: "geodesic", points: POINTS }), {
    ...spread,
    strokes: undefined,
  });
  const asked = { method: "geodesic", keep_rest: true, vividness: 1, model: "a" } as const;
  assertEquals(colorSourceOf({ ...asked, files: { strokes: FILE } }), {
    ...{ ...spread, keepsRest: true, strokes: FILE },
  });
  const transfer = { kind: "transfer", reference: FILE } as const;
  assertEquals(colorSourceOf({ ...REFERENCE, model: "a", size: 32, seed: 5, candidates: 1 }), {
    ...{ ...transfer, transfer: "features", swatches: [] },
  });
  const swatch: NonNullable<ColorizeFields["swatches"]>[number] = {
    target: [1, 2, 3, 4],
    reference: [5, 6, 7, 8],
  };
  const source = colorSourceOf({ ...REFERENCE, transfer: "welsh", swatches: [swatch] });
  const swatches = [{
    target: { x: 1, y: 2, widthPx: 3, heightPx: 4 },
    source: { x: 5, y: 6, widthPx: 7, heightPx: 8 },
  }];
  assertEquals(source, { ...transfer, transfer: "welsh", swatches });
  assertEquals(wayOf(source, 9), { way: { kind: "welsh", seed: 9, swatches }, companion: FILE });
});

Deno.test("colorSourceOf() refuses what does not go together", () => {
  const cases: [ColorizeFields, string][] = [
    [{ method: "geodesic" }, "option method: geodesic needs points or strokes, got none"],
    [{ method: "geodesic", points: [] }, "needs points or strokes"],
    [{ files: { strokes: FILE } }, "strokes: method must be geodesic or optimization, got network"],
    [{ keep_rest: true, points: POINTS }, "keep_rest: method must be geodesic or"],
    [{ method: "geodesic", points: POINTS, candidates: 2 }, "candidates: method geodesic has one"],
    [{ method: "geodesic", points: POINTS, vividness: 0 }, "vividness: method geodesic uses a"],
    [{ method: "optimization", points: POINTS, model: "a" }, "model: method optimization uses a"],
    [{ transfer: "welsh" }, "transfer: the field reference must be a picture, got none"],
    [{ swatches: [] }, "swatches: the field reference must be a picture"],
    [{ ...REFERENCE, points: POINTS }, "points: the colors are the reference's"],
    [{ ...REFERENCE, vividness: 0.5 }, "vividness: the colors are the reference's"],
    [{ ...REFERENCE, method: "geodesic" }, "method: the colors are the reference's"],
    [{ ...REFERENCE, keep_rest: true }, "keep_rest: the colors are the reference's"],
    [{ ...REFERENCE, candidates: 2 }, "candidates: the colors are the reference's"],
    [{ files: { reference: FILE, strokes: FILE } }, "strokes: the colors are the reference's"],
    [{ ...REFERENCE, transfer: "welsh", size: 64 }, "size: transfer welsh uses no network"],
    [
      { ...REFERENCE, swatches: [{ target: [0, 0, 1, 1], reference: [0, 0, 1, 1] }] },
      "swatches: transfer must be welsh, got features",
    ],
  ];
  for (const [fields, detail] of cases) {
    const error = assertThrows(() => colorSourceOf(fields), ProblemError, detail);
    assertEquals(error.status, 422);
  }
});
