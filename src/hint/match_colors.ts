/** Colors for the places of a picture from the places of another one that they resemble. */

/** What places got. */
export interface MatchedColors {
  /** Interleaved a*, b*, shape [places * 2]. */
  ab: Float32Array;
  /** 1 where all that a place resembles has one color, near 0 where the colors differ widely. */
  confidence: Float32Array;
}

/** A cost that is higher by this much makes a match less likely by 1/e. */
const SOFTNESS = 0.05;
/** A mean of colors that differ is paler than they are: at most so much is made up for. */
const MOST_CHROMA = 1.5;
/** Mean distance of the colors from their mean, in ab units, at which confidence is 1/e. */
const SPREAD = 30;

/**
 * Gives each place the mean color of the places of a reference, the more alike the more it counts.
 * @param costs How unlike each place and each one of the reference are; shape [places, places of the
 * reference].
 * @param referenceAb Interleaved a*, b* of the reference's places, shape [places of the reference * 2].
 */
export function matchColors(costs: Float32Array, referenceAb: Float32Array): MatchedColors {
  const count = referenceAb.length / 2;
  const places = costs.length / count;
  const matched = { ab: new Float32Array(2 * places), confidence: new Float32Array(places) };
  const shares = new Float64Array(count);
  for (let place = 0; place < places; place++) {
    writeShares(costs.subarray(place * count, (place + 1) * count), shares);
    const { a, b, spread } = meanColor(shares, referenceAb);
    matched.ab.set([a, b], 2 * place);
    matched.confidence[place] = Math.exp(-spread / SPREAD);
  }
  return matched;
}

/** How likely each match is: exp(-cost / softness), with the sum 1. */
function writeShares(costs: Float32Array, shares: Float64Array): void {
  const least = costs.reduce((one, other) => Math.min(one, other));
  let sum = 0;
  for (let i = 0; i < costs.length; i++) {
    sum += shares[i] = Math.exp((least - costs[i]!) / SOFTNESS);
  }
  for (let i = 0; i < costs.length; i++) shares[i]! /= sum;
}

/** The mean color, with chroma that it has lost, and the mean distance of the colors from it. */
function meanColor(
  shares: Float64Array,
  ab: Float32Array,
): { a: number; b: number; spread: number } {
  let a = 0, b = 0, chroma = 0, spread = 0;
  for (let i = 0; i < shares.length; i++) {
    a += shares[i]! * ab[2 * i]!;
    b += shares[i]! * ab[2 * i + 1]!;
    chroma += shares[i]! * Math.hypot(ab[2 * i]!, ab[2 * i + 1]!);
  }
  for (let i = 0; i < shares.length; i++) {
    spread += shares[i]! * Math.hypot(ab[2 * i]! - a, ab[2 * i + 1]! - b);
  }
  const factor = Math.min(MOST_CHROMA, chroma / Math.max(Math.hypot(a, b), Number.MIN_VALUE));
  return { a: factor * a, b: factor * b, spread };
}
