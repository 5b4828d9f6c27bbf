import { assertEquals, assertThrows } from "@std/assert";
import { checkSwatch, parseSwatch } from "../../src/hint/swatch.ts";

Deno.test("parseSwatch() reads the target's part, then the reference's", () => {
  assertEquals(parseSwatch("1,2,3,4= 50, 60,7,8"), {
    target: { x: 1, y: 2, widthPx: 3, heightPx: 4 },
    source: { x: 50, y: 60, widthPx: 7, heightPx: 8 },
  });
});

Deno.test("parseSwatch() refuses what is no swatch", () => {
  const cases = [
    ["", "must be x,y,w,h=x,y,w,h, got "],
    ["1,2,3,4", "must be x,y,w,h=x,y,w,h, got 1,2,3,4"],
    ["1,2,3,4=1,2,3,4=1,2,3,4", "must be x,y,w,h=x,y,w,h"],
    ["1,2,3=1,2,3,4", "a part must be x,y,w,h in whole pixels, w and h above 0, got 1,2,3"],
    ["1,2,3,4=1,2,3.5,4", "got 1,2,3.5,4"],
    ["1,2,3,4=1,-2,3,4", "got 1,-2,3,4"],
    ["1,2,0,4=1,2,3,4", "w and h above 0, got 1,2,0,4"],
  ] as const;
  for (const [text, message] of cases) {
    assertThrows(() => parseSwatch(text), SyntaxError, message);
  }
});

Deno.test("checkSwatch() holds both parts to their pictures", () => {
  const sizes = {
    target: { widthPx: 40, heightPx: 30 },
    reference: { widthPx: 20, heightPx: 60 },
  };
  checkSwatch(parseSwatch("0,0,40,30=19,59,1,1"), sizes);
  const cases = [
    ["1,0,40,30=0,0,1,1", "part of the target must lie in 40 x 30 pixels, got 1,0,40,30"],
    ["0,30,1,1=0,0,1,1", "part of the target must lie in 40 x 30 pixels, got 0,30,1,1"],
    ["0,0,1,1=0,0,21,1", "part of the reference must lie in 20 x 60 pixels, got 0,0,21,1"],
  ] as const;
  for (const [text, message] of cases) {
    assertThrows(() => checkSwatch(parseSwatch(text), sizes), RangeError, message);
  }
  const half = {
    ...parseSwatch("0,0,1,1=0,0,1,1"),
    target: { x: 0.5, y: 0, widthPx: 1, heightPx: 1 },
  };
  assertThrows(() => checkSwatch(half, sizes), RangeError, "got 0.5,0,1,1");
});
