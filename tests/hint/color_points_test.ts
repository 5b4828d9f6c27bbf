import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  abOfPoint,
  checkColorPoints,
  hintPlanes,
  parseColorPoint,
  parseColorPoints,
  radiusOfPoint,
} from "../../src/hint/color_points.ts";

Deno.test("parseColorPoint() reads place, color and radius", () => {
  assertEquals(parseColorPoint("12,40.5,#88aA44"), { x: 12, y: 40.5, rgb: [136, 170, 68] });
  assertEquals(parseColorPoint(" 0, 1, #000000, 7 "), { x: 0, y: 1, rgb: [0, 0, 0], radiusPx: 7 });
});

Deno.test("parseColorPoint() names what is wrong", () => {
  const refused = [
    ["1,2", "must be x,y,#rrggbb[,radius], got 1,2"],
    ["1,2,3,4,5", "must be x,y,#rrggbb[,radius]"],
    ["a,2,#ffffff", 'x must be a number, got "a"'],
    ["1,,#ffffff", "y must be a number"],
    ["1,2,red", 'color must be #rrggbb, got "red"'],
    ["1,2,#fff", "color must be #rrggbb"],
    ["1,2,#ffffff,0", "radius must be a number above 0, got 0"],
    ["1,2,#ffffff,x", 'radius must be a number above 0, got "x"'],
  ] as const;
  for (const [text, message] of refused) {
    assertThrows(() => parseColorPoint(text), SyntaxError, message);
  }
});

Deno.test("parseColorPoints() reads a list in JSON, and says what is none", () => {
  const json = '[{ "x": 1, "y": 2, "color": "#010203", "radius": 4 }]';
  assertEquals(parseColorPoints(json), [{ x: 1, y: 2, rgb: [1, 2, 3], radiusPx: 4 }]);
  assertThrows(() => parseColorPoints("[{]"), SyntaxError, "must be JSON");
  assertThrows(() => parseColorPoints('{"x":1}'), SyntaxError, "must be a list");
});

Deno.test("parseColorPoints() names the entry and what it lacks", () => {
  const point = '{ "x": 1, "y": 2, "color": "#010203" }';
  for (const entry of ['{ "x": "1" }', "null"]) {
    const error = assertThrows(() => parseColorPoints(`[${point}, ${entry}]`), SyntaxError);
    assertStringIncludes(error.message, "entry 2");
    assertStringIncludes((error.cause as Error).message, "x must be a number");
  }
});

Deno.test("parseColorPoints() refuses what a point does not have", () => {
  const misspelt = '[{ "x": 1, "y": 2, "color": "#010203", "raduis": 3 }]';
  const error = assertThrows(() => parseColorPoints(misspelt), SyntaxError);
  assertStringIncludes((error.cause as Error).message, 'color and radius alone, got "raduis"');
});

Deno.test("checkColorPoints() refuses points outside the picture", () => {
  const size = { widthPx: 10, heightPx: 5 };
  const point = (x: number, y: number) => [{ x, y, rgb: [0, 0, 0] as const }];
  checkColorPoints(point(9, 4), size);
  assertThrows(
    () => checkColorPoints(point(10, 0), size),
    RangeError,
    "x must lie in 0..9, got 10",
  );
  assertThrows(
    () => checkColorPoints(point(0, -1), size),
    RangeError,
    "y must lie in 0..4, got -1",
  );
});

Deno.test("hintPlanes() marks the pixel of a point, and all that its radius reaches", () => {
  const [full, small] = [{ widthPx: 100, heightPx: 50 }, { widthPx: 20, heightPx: 10 }];
  const own = { x: 52, y: 22, rgb: [200, 50, 50] as const, radiusPx: 1 };
  const marked = (hints: Float32Array) =>
    Array.from({ length: 200 }, (_, at) => at).filter((at) => hints[3 * at + 2] === 1);
  const hints = hintPlanes([own], { full, small });
  assertEquals(marked(hints), [4 * 20 + 10]);
  const [a, b] = abOfPoint(own);
  assertAlmostEquals(hints[3 * 90]!, a, 1e-4);
  assertAlmostEquals(hints[3 * 90 + 1]!, b, 1e-4);
  const wide = hintPlanes([{ ...own, radiusPx: 6 }], { full, small });
  assertEquals(marked(wide), [70, 89, 90, 91, 110]);
});

Deno.test("radiusOfPoint() is a fiftieth of the short side unless told", () => {
  const size = { widthPx: 400, heightPx: 300 };
  assertEquals(radiusOfPoint({ x: 0, y: 0, rgb: [0, 0, 0] }, size), 6);
  assertEquals(radiusOfPoint({ x: 0, y: 0, rgb: [0, 0, 0], radiusPx: 2 }, size), 2);
});
