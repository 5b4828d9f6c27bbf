import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { randomCrop } from "../../src/data/random_crop.ts";

const PHOTOGRAPH = { name: "album/aunt.jpg", widthPx: 900, heightPx: 600 };

Deno.test("randomCrop() lies inside the photograph, of 35% to 100% of its short side", () => {
  const sides: number[] = [];
  for (let crop = 1; crop <= 2000; crop++) {
    const { left, top, widthPx, heightPx } = randomCrop({ ...PHOTOGRAPH, crop }, 64);
    assert(left >= 0 && top >= 0 && left + widthPx <= 900 && top + heightPx <= 600);
    assert(widthPx / heightPx < 1.26 && heightPx / widthPx < 1.26, `${widthPx}x${heightPx}`);
    sides.push(Math.sqrt(widthPx * heightPx));
  }
  assert(Math.min(...sides) > 0.34 * 600 && Math.min(...sides) < 0.4 * 600);
  const largest = sides.filter((side) => side > 0.93 * 600).length;
  assert(largest > 2000 / 3 && largest < 2000 / 2, `${largest}`);
});

Deno.test("randomCrop() reaches all corners, and depends on name and number alone", () => {
  const boxes = Array.from({ length: 500 }, (_, i) => randomCrop({ ...PHOTOGRAPH, crop: i }, 64));
  assert(boxes.some(({ left, top }) => left < 30 && top < 30));
  assert(
    boxes.some((box) => box.left + box.widthPx > 870 && box.top + box.heightPx > 570),
  );
  assertEquals(randomCrop({ ...PHOTOGRAPH, crop: 7 }, 64), boxes[7]);
  assertNotEquals(randomCrop({ ...PHOTOGRAPH, name: "uncle.jpg", crop: 7 }, 64), boxes[7]);
});

Deno.test("randomCrop() takes all of a photograph that is too small to cut, or a strip", () => {
  for (const [widthPx, heightPx] of [[50, 60], [1, 900], [900, 1]] as const) {
    for (let crop = 1; crop < 50; crop++) {
      const box = randomCrop({ name: "a.jpg", crop, widthPx, heightPx }, 64);
      assert(box.widthPx >= 1 && box.heightPx >= 1, JSON.stringify(box));
      assert(box.left + box.widthPx <= widthPx && box.top + box.heightPx <= heightPx);
      const short = Math.min(widthPx, heightPx);
      assert(Math.max(box.widthPx, box.heightPx) >= short, JSON.stringify(box));
    }
  }
});
