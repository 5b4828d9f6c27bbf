import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  binLogitOffsets,
  decodeBinLogits,
  decodeSettings,
  FAITHFUL_TEMPERATURE,
  keepsFaithful,
  redness,
  sameChromaMeans,
} from "../../src/color/decode_bins.ts";

const CENTERS = [0, 0, 50, -20, -30, 60];
const PLAIN = { offsets: [0, 0, 0], centers: CENTERS, dispersion: Infinity, neutral: 0 };
const PRIOR = [0.7, 0.2, 0.1];

Deno.test("decodeSettings() goes from no reweighting to that of vivid colors", () => {
  const faithful = decodeSettings(0);
  assertEquals([faithful.gain, faithful.chroma], [0, 1]);
  let previous = faithful;
  for (let vividness = 0.1; vividness <= 1; vividness += 0.1) {
    const settings = decodeSettings(vividness);
    assert(settings.gain > previous.gain && settings.lambda <= previous.lambda);
    previous = settings;
  }
});

Deno.test("decodeSettings() refuses what is outside 0..1", () => {
  for (const vividness of [-0.1, 1.1, NaN]) {
    assertThrows(() => decodeSettings(vividness), RangeError, "vividness must lie in 0..1");
  }
});

Deno.test("binLogitOffsets() are g * log w with a mean of w over the shares of 1", () => {
  const centers = [0, 0, 0, 50, -100, 0]; // so far apart in chroma that each is alone at its own
  const lambda = 0.4;
  const offsets = binLogitOffsets(PRIOR, { centers, lambda, gain: 1, red: 0 });
  const mean = PRIOR.reduce((sum, share, bin) => sum + share * Math.exp(offsets[bin]!), 0);
  assertAlmostEquals(mean, 1, 1e-6);
  const ratio = (0.6 * 0.7 + lambda / 3) / (0.6 * 0.1 + lambda / 3);
  assertAlmostEquals(offsets[2]! - offsets[0]!, Math.log(ratio), 1e-6);
  const half = binLogitOffsets(PRIOR, { centers, lambda, gain: 0.5, red: 0 });
  half.forEach((offset, bin) => assertAlmostEquals(offset, offsets[bin]! / 2, 1e-12));
  const none = binLogitOffsets(PRIOR, { centers, lambda, gain: 0, red: 0 });
  for (const offset of none) assertAlmostEquals(offset, 0, 1e-12);
});

Deno.test("binLogitOffsets() lift rare chroma, and no hue above another of its chroma", () => {
  const centers = [0, 0, 50, 0, -30, 40, 0, -110];
  const [, common, rare, deep] = binLogitOffsets([0.6, 0.27, 0.03, 0.1], {
    centers,
    lambda: 0,
    gain: 1,
    red: 0,
  }) as unknown as number[];
  assertAlmostEquals(rare!, common!, 1e-12);
  // Alone at its chroma, a color weighs against its own share.
  const atChroma = (0.27 + 0.03) / 2;
  assertAlmostEquals(deep! - common!, Math.log(atChroma / 0.1), 1e-6);
});

Deno.test("redness() is that of the hue of bricks, in proportion to chroma", () => {
  const at = (hue: number, chroma: number) => [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const reds = [at(0.2, 30), at(0.2, 60), at(0.7, 30), at(-0.3, 30)];
  const others = [at(2, 90), at(-1.5, 90), at(0, 0)];
  const [brick, deep, brown, rose, green, blue, gray] = redness(
    [...reds, ...others].flat(),
  ) as unknown as number[];
  assertAlmostEquals(brick!, 1, 1e-6);
  assertAlmostEquals(deep!, 2, 1e-6);
  assertAlmostEquals(brown!, Math.exp(-0.5), 1e-6); // one sigma away
  assertAlmostEquals(rose!, Math.exp(-0.5), 1e-6);
  assert(green! < 0.01 && blue! < 0.01);
  assertEquals(gray, 0);
});

Deno.test("binLogitOffsets() hold reds back as much as asked for", () => {
  const centers = [0, 0, 30 * Math.cos(0.2), 30 * Math.sin(0.2), 0, 30];
  const [plain, held] = [0, 1.5].map((red) =>
    binLogitOffsets(PRIOR, { centers, lambda: 0.5, gain: 0.7, red })
  ) as [Float64Array, Float64Array];
  assertAlmostEquals(held[0]!, plain[0]!, 1e-9);
  assertAlmostEquals(held[1]!, plain[1]! - 1.5, 1e-6);
  assert(plain[2]! - held[2]! < 0.05);
});

Deno.test("sameChromaMeans() are means over the bins of about one chroma", () => {
  const means = sameChromaMeans([0, 0, 30, 40, 50, 0, 55, 0]);
  const near = Math.exp(-0.5); // one sigma, 5 ab units, away
  const expected = [
    ...[1, 0, 0, 0],
    ...[0, 1, 1, near].map((part) => part / (2 + near)),
    ...[0, 1, 1, near].map((part) => part / (2 + near)),
    ...[0, near, near, 1].map((part) => part / (1 + 2 * near)),
  ];
  means.forEach((mean, i) => assertAlmostEquals(mean, expected[i]!, 1e-6));
});

Deno.test("decodeBinLogits() is the mean at temperature 1 and the likeliest bin towards 0", () => {
  const shares = [0.5, 0.3, 0.2];
  const logits = shares.map(Math.log);
  const decode = (temperature: number, offsets = [0, 0, 0]) => [
    ...decodeBinLogits(logits, { ...PLAIN, offsets, temperature, chroma: 1 }),
  ];
  assertAlmostEquals(decode(1)[0]!, 0.3 * 50 - 0.2 * 30, 1e-5);
  assertAlmostEquals(decode(1)[1]!, -0.3 * 20 + 0.2 * 60, 1e-5);
  for (const value of decode(0.01)) assertAlmostEquals(value, 0, 1e-5);
  // Squares of the shares at temperature 1 / 2: 25, 9 and 4 of 38.
  assertAlmostEquals(decode(0.5)[0]!, (9 * 50 - 4 * 30) / 38, 1e-5);
  // An offset of log 4 makes the last bin 0.8 of 1.6.
  assertAlmostEquals(decode(1, [0, 0, Math.log(4)])[0]!, (0.3 * 50 - 0.8 * 30) / 1.6, 1e-5);
});

Deno.test("decodeBinLogits() stands large logits, pixel after pixel", () => {
  const logits = [1000, 0, -1000, -5000, -4000, -5000];
  const ab = decodeBinLogits(logits, { ...PLAIN, temperature: 0.1, chroma: 1 });
  assertEquals([...ab], [0, 0, 50, -20]);
});

Deno.test("decodeBinLogits() gives chroma back that the mean has lost, up to a factor", () => {
  const decode = (shares: number[], chroma: number) => [
    ...decodeBinLogits(shares.map(Math.log), { ...PLAIN, temperature: 1, chroma }),
  ];
  const shares = [0.5, 0.3, 0.2];
  const [a, b] = decode(shares, 1) as [number, number];
  const mean = 0.3 * Math.hypot(50, 20) + 0.2 * Math.hypot(30, 60); // of the bins' chroma
  const [restoredA, restoredB] = decode(shares, 100) as [number, number];
  assertAlmostEquals(Math.hypot(restoredA, restoredB), mean, 1e-4);
  assertAlmostEquals(restoredB / restoredA, b / a, 1e-5); // the hue stays
  assertAlmostEquals(decode(shares, 1.25)[0]!, 1.25 * a, 1e-5);
  const sure = decode([1e-9, 1, 1e-9], 2);
  assertAlmostEquals(sure[0]!, 50, 1e-4); // one color has lost nothing
  assertEquals(decode([1, 1e-300, 1e-300], 2), [0, 0]); // gray stays gray
});

Deno.test("decodeBinLogits() keeps to the faithful mean where hues contradict each other", () => {
  const centers = [0, 0, 40, 0, -40, 0];
  const decode = (shares: number[], dispersion: number) => {
    const logits = shares.map((share) => FAITHFUL_TEMPERATURE * Math.log(share));
    const vivid = { offsets: [0, 1, 0], temperature: 0.1, chroma: 1.3 };
    return decodeBinLogits(logits, { centers, dispersion, neutral: 0, ...vivid })[0]!;
  };
  // Two opposite hues: a mean of 0.35 * 40 - 0.25 * 40, and a mean chroma of 0.6 * 40.
  const torn = [0.4, 0.35, 0.25];
  const vivid = decode(torn, Infinity);
  assert(vivid > 39);
  assertAlmostEquals(decode(torn, 1e-9), 4, 1e-4);
  assertAlmostEquals(decode(torn, 20), (vivid + 4) / 2, 1e-4); // 24 - 4 is the dispersion
  assertAlmostEquals(decode(torn, 40), 4 + (vivid - 4) / (1 + 0.5 ** 4), 1e-4);
  const sure = [0.4, 0.6, 1e-300]; // gray or one hue: no contradiction
  assertAlmostEquals(decode(sure, 1), decode(sure, Infinity), 1e-4);
});

Deno.test("decodeBinLogits() keeps to the faithful mean where the likely colors are pale", () => {
  const decode = (gray: number, neutral: number) => {
    const logits = [gray, 1 - gray].map((share) => FAITHFUL_TEMPERATURE * Math.log(share));
    const vivid = { offsets: [0, 9], temperature: 0.1, chroma: 1.3, dispersion: Infinity };
    return decodeBinLogits(logits, { centers: [0, 0, 40, 0], neutral, ...vivid })[0]!;
  };
  // Mostly gray: a mean of 10, which the offset makes 40.
  assertAlmostEquals(decode(0.75, 0), 40, 1e-4);
  assertAlmostEquals(decode(0.75, 10), (40 + 10) / 2, 0.01);
  assertAlmostEquals(decode(0.75, 20), 10 + 30 / (1 + 2 ** 8), 0.01);
  assertAlmostEquals(decode(0.75, 5), 10 + 30 / (1 + 0.5 ** 8), 0.01);
  assertAlmostEquals(decode(0.1, 14), 40, 0.01); // likely to be colorful
  assertAlmostEquals(decode(1 - 1e-12, 14), 0, 1e-4); // gray for sure
});

Deno.test("keepsFaithful() is for vivid colors, not for faithful ones", () => {
  assert(keepsFaithful(decodeSettings(0.01)));
  assert(!keepsFaithful(decodeSettings(0)));
  const everywhere = { ...decodeSettings(1), dispersion: Infinity, neutral: 0 };
  assert(!keepsFaithful(everywhere));
  assert(keepsFaithful({ ...everywhere, dispersion: 5 }));
  assert(keepsFaithful({ ...everywhere, neutral: 5 }));
  assert(keepsFaithful({ ...decodeSettings(0), red: 1 }));
});
