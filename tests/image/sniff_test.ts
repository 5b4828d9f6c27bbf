import { assertEquals } from "@std/assert";
import { sniffFormat } from "../../src/image/sniff.ts";
import { gradientPicture, makeTiff } from "./pictures.ts";

const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

Deno.test("sniffFormat() tells the six formats that sharp writes", async () => {
  for (const format of ["png", "jpeg", "webp", "avif", "tiff", "gif"] as const) {
    assertEquals(sniffFormat(await gradientPicture().toFormat(format).toBuffer()), format);
  }
});

Deno.test("sniffFormat() tells TIFFs of both byte orders, and BigTIFF", () => {
  for (const start of ["II*\0", "MM\0*", "II+\0", "MM\0+"]) {
    assertEquals(sniffFormat(latin1(`${start}\0\0\0\x08`)), "tiff");
  }
  const tiff = { width: 1, height: 1, photometric: 1, channels: 1 } as const;
  assertEquals(sniffFormat(makeTiff({ ...tiff, samples: new Uint8Array(1) })), "tiff");
});

Deno.test("sniffFormat() finds AVIF among the compatible brands of a bounded box", () => {
  assertEquals(sniffFormat(latin1("\0\0\0\x1cftypmif1\0\0\0\0miafavifMA1B")), "avif");
  assertEquals(sniffFormat(latin1("\0\0\0\x14ftypheic\0\0\0\0mif1avif")), undefined);
  assertEquals(sniffFormat(latin1("\0\0\0\x14ftypheicavifmif1")), undefined, "a version, no brand");
});

Deno.test("sniffFormat() reads views that start within a buffer", () => {
  const file = latin1("12345\0\0\0\x10ftypavif\0\0\0\0");
  assertEquals(sniffFormat(file.subarray(5)), "avif");
});

Deno.test("sniffFormat() knows no other file", () => {
  for (
    const start of [
      "",
      "\x89PN",
      "BM6$",
      "<svg xmlns='http://www.w3.org/2000/svg'/>",
      "%PDF-1.4",
      "P6\n64 48",
      "RIFF\0\0\0\0WAVE",
      "GIF88a",
      "\0\0\x01\0",
      "\0\0\0\x14ftyp",
      "Dear reader,",
    ]
  ) assertEquals(sniffFormat(latin1(start)), undefined, start);
});
