import { assertEquals, assertThrows } from "@std/assert";
import { decodeSafetensors, encodeSafetensors } from "../../src/network/safetensors.ts";

const ARRAYS = [
  { name: "conv1/kernel", shape: [2, 3], values: new Float32Array([1, -2, 3.5, 0, 65504, 1e-3]) },
  { name: "bias", shape: [1], values: new Float32Array([0.1]) },
];

Deno.test("safetensors keep names, shapes, metadata and 32-bit values exactly", () => {
  const bytes = encodeSafetensors(ARRAYS, { type: "F32", metadata: { epoch: "3" } });
  const { arrays, metadata } = decodeSafetensors(bytes);
  assertEquals([...arrays.values()], ARRAYS);
  assertEquals(metadata, { epoch: "3" });
});

Deno.test("safetensors of type F16 round to the nearest half-precision float", () => {
  const { arrays } = decodeSafetensors(encodeSafetensors(ARRAYS, { type: "F16" }));
  const [kernel] = arrays.values();
  assertEquals(kernel!.values[4], 65504); // the largest half
  assertEquals(kernel!.values[5], 0.0010004043579101562); // the half nearest to 0.001
});

Deno.test("encodeSafetensors() writes the layout that the format prescribes", () => {
  const bytes = encodeSafetensors([ARRAYS[1]!], { type: "F32" });
  const view = new DataView(bytes.buffer);
  const headerBytes = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  assertEquals(header.bias, { dtype: "F32", shape: [1], data_offsets: [0, 4] });
  assertEquals(view.getFloat32(8 + headerBytes, true), Math.fround(0.1));
});

Deno.test("decodeSafetensors() refuses files that are cut, empty or lie about their header", () => {
  const bytes = encodeSafetensors(ARRAYS, { type: "F32" });
  assertThrows(() => decodeSafetensors(new Uint8Array(3)), SyntaxError, "got 3");
  assertThrows(() => decodeSafetensors(bytes.subarray(0, -1)), SyntaxError, "must lie inside");
  assertThrows(() => decodeSafetensors(new Uint8Array(100).fill(255)), SyntaxError, "must fit");
  const named = (header: unknown) => {
    const json = new TextEncoder().encode(JSON.stringify(header).padEnd(160));
    return Uint8Array.of(160, ...new Uint8Array(7), ...json, ...new Uint8Array(8));
  };
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const cases: [unknown, string][] = [
    [null, "must be an object"],
    [{ w: null }, "must be F16 or F32, got undefined"],
    [{ w: { ...entry, dtype: "F16", shape: [0.5], data_offsets: [0, 1] } }, "whole numbers"],
    [{ w: { ...entry, shape: [1], data_offsets: [0, 4] }, v: entry }, "v must not share bytes"],
    [{ __metadata__: { license: { x: 1 } }, w: entry }, "__metadata__ must hold texts"],
    [{ __metadata__: null, w: entry }, "__metadata__ must hold texts"],
  ];
  assertEquals(decodeSafetensors(named({ w: entry })).arrays.size, 1);
  for (const [header, detail] of cases) {
    assertThrows(() => decodeSafetensors(named(header)), SyntaxError, detail);
  }
  const noJson = bytes.slice().fill(0x21, 8, 12);
  assertThrows(() => decodeSafetensors(noJson), SyntaxError, "must be JSON");
});
