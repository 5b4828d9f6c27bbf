import { assertEquals } from "@std/assert";
import { channelsFirst } from "../../src/network/channels_first.ts";

Deno.test("channelsFirst() brings [Kh, Kw, C, F] into [F, C, Kh, Kw]", () => {
  const [height, width, channels, filters] = [2, 3, 2, 4];
  const shape = [height, width, channels, filters];
  const values = Float32Array.from({ length: 48 }, (_, i) => i);
  const { name, ...reordered } = channelsFirst({ name: "conv1/kernel", shape, values });
  assertEquals([name, reordered.shape], ["conv1/kernel", [filters, channels, height, width]]);
  const at = (y: number, x: number, c: number, f: number) =>
    values[((y * width + x) * channels + c) * filters + f]!;
  const expected = [];
  for (let f = 0; f < filters; f++) {
    for (let c = 0; c < channels; c++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) expected.push(at(y, x, c, f));
      }
    }
  }
  assertEquals([...reordered.values], expected);
});
