import { assertEquals } from "@std/assert";
import { encodeNpz } from "../../src/network/npz.ts";
import { readNpz } from "./read_npz.ts";

const ARRAYS = [
  { name: "conv1.weight", shape: [2, 1, 3], values: Float32Array.of(1, -2, 3.5, 0, 65504, 1e-30) },
  { name: "conv1.bias", shape: [1], values: Float32Array.of(0.1) },
  { name: "one", shape: [], values: Float32Array.of(7) },
  { name: "none", shape: [0, 4], values: new Float32Array() },
];

Deno.test("encodeNpz() keeps names, shapes and values", () => {
  assertEquals(readNpz(encodeNpz(ARRAYS)), ARRAYS);
});

Deno.test("encodeNpz() gives the same bytes for the same arrays", () => {
  assertEquals(encodeNpz(ARRAYS), encodeNpz(ARRAYS));
});
