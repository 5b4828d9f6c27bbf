/** Damages the bytes of files, each time in another way that a seed fixes. */

import { joinBytes } from "../../src/serve/join_bytes.ts";

/** Uniform numbers in 0..1, 1 excluded. */
export type Random = () => number;

/** A generator that a seed fixes (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Where most formats keep sides, counts and offsets. */
const HEADER_BYTES = 64;
/** Values that arithmetic trips over. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff];

type Mutation = (bytes: Uint8Array<ArrayBuffer>, random: Random) => Uint8Array<ArrayBuffer>;

const below = (random: Random, limit: number) => Math.floor(random() * limit);

const MUTATIONS: Mutation[] = [
  function flipBits(bytes, random) {
    const damaged = bytes.slice();
    for (let i = 0; i <= below(random, 16); i++) {
      damaged[below(random, bytes.length)]! ^= 1 << below(random, 8);
    }
    return damaged;
  },
  function setHeaderBytes(bytes, random) {
    const damaged = bytes.slice();
    for (let i = 0; i <= below(random, 6); i++) {
      const at = below(random, Math.min(HEADER_BYTES, bytes.length));
      damaged[at] = random() < 0.5 ? EDGES[below(random, EDGES.length)]! : below(random, 256);
    }
    return damaged;
  },
  function cutOff(bytes, random) {
    return bytes.slice(0, below(random, bytes.length));
  },
  function cutOut(bytes, random) {
    const from = below(random, bytes.length);
    const until = Math.min(bytes.length, from + 1 + below(random, 200));
    return joinBytes([bytes.subarray(0, from), bytes.subarray(until)]);
  },
  function repeat(bytes, random) {
    const from = below(random, bytes.length);
    const part = bytes.subarray(from, from + 1 + below(random, 2000));
    return joinBytes([bytes.subarray(0, from), part, part, bytes.subarray(from)]);
  },
  function fill(bytes, random) {
    const damaged = bytes.slice();
    const from = below(random, bytes.length);
    return damaged.fill(EDGES[below(random, EDGES.length)]!, from, from + 1 + below(random, 500));
  },
  function appendNoise(bytes, random) {
    const noise = Uint8Array.from({ length: below(random, 3000) }, () => below(random, 256));
    return joinBytes([bytes, noise]);
  },
];

/** Damages bytes, not empty, in one to three ways. */
export function mutate(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  let damaged = bytes;
  for (let i = 0; i <= below(random, 3) && damaged.length > 0; i++) {
    damaged = MUTATIONS[below(random, MUTATIONS.length)]!(damaged, random);
  }
  return damaged;
}
