import { assertEquals } from "@std/assert";
import { preferredFormat } from "../../src/serve/accept.ts";

const CASES: [accept: string | undefined, format: string | undefined][] = [
  [undefined, "png"],
  ["", "png"],
  ["*/*", "png"],
  ["image/*", "png"],
  ["image/jpeg", "jpeg"],
  ["IMAGE/WebP", "webp"],
  ["image/avif;q=0.9, image/webp", "webp"],
  ["image/jpeg;q=0.2, image/webp;q=0.3, image/avif;q=0.25", "webp"],
  // A named type goes before a wildcard of the same weight, but not before a heavier one.
  ["image/jpeg, */*", "jpeg"],
  ["image/jpeg;q=0.5, */*", "png"],
  // What browsers send for pictures.
  ["image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "webp"],
  // A weight of 0 excludes, also from a wildcard.
  ["image/png;q=0, image/*", "jpeg"],
  ["image/png;q=0", undefined],
  ["image/*;q=0, image/avif", "avif"],
  ["*/*;q=0", undefined],
  ["text/html", undefined],
  ["image/gif, image/tiff", undefined],
];

for (const [accept, format] of CASES) {
  Deno.test(`preferredFormat() answers ${format} for ${JSON.stringify(accept)}`, () => {
    assertEquals(preferredFormat(accept), format as ReturnType<typeof preferredFormat>);
  });
}
