import { assertEquals, assertRejects } from "@std/assert";
import { zipSync } from "fflate";
import { readTorchCheckpoint } from "../../../scripts/import/torch_checkpoint.ts";
import { legacyCheckpoint, op, tensor, zipCheckpoint } from "./made_pickle.ts";

async function readBytes(bytes: Uint8Array) {
  const path = await Deno.makeTempFile({ prefix: "polychromify-checkpoint-" });
  try {
    await Deno.writeFile(path, bytes);
    const arrays = await readTorchCheckpoint(path);
    return [...arrays.values()].map(({ name, shape, values }) => [name, shape, [...values]]);
  } finally {
    await Deno.remove(path);
  }
}

const VALUES = Float32Array.of(0, 1, 2, 3, 4, 5);
const BYTES = new Uint8Array(VALUES.buffer);
const BIG = new TextEncoder().encode("big");
const WHOLE = tensor({ values: 6, shape: [2, 3], strides: [3, 1] });

Deno.test("readTorchCheckpoint() reads both formats", async () => {
  const dictionary = op.dictionary(["w", WHOLE], ["count", op.int(3)]);
  const expected = [["w", [2, 3], [0, 1, 2, 3, 4, 5]]];
  assertEquals(await readBytes(zipCheckpoint(dictionary, { "0": BYTES })), expected);
  const legacy = legacyCheckpoint(dictionary, { key: "0", values: VALUES });
  assertEquals(await readBytes(legacy), expected);
});

Deno.test("readTorchCheckpoint() follows offsets and strides, wrappers and prefixes", async () => {
  const turned = tensor({ values: 6, shape: [3, 2], strides: [1, 3] });
  const part = tensor({ values: 6, shape: [2], strides: [2], offset: 1 });
  const inner = op.dictionary(["module.turned", turned], ["module.part", part]);
  const checkpoint = op.dictionary(["epoch", op.int(3)], ["state_dict", inner]);
  assertEquals(await readBytes(zipCheckpoint(checkpoint, { "0": BYTES })), [
    ["turned", [3, 2], [0, 3, 1, 4, 2, 5]],
    ["part", [2], [1, 3]],
  ]);
});

Deno.test("readTorchCheckpoint() reads other kinds of numbers", async () => {
  const kinds: [string, ArrayBuffer][] = [
    ["DoubleStorage", Float64Array.of(1.5, -2).buffer],
    ["HalfStorage", Float16Array.of(1.5, -2).buffer],
    ["BFloat16Storage", Uint16Array.of(0x3fc0, 0xc000).buffer],
  ];
  for (const [type, buffer] of kinds) {
    const value = tensor({ values: 2, shape: [2], strides: [1], type });
    const bytes = zipCheckpoint(op.dictionary(["w", value]), { "0": new Uint8Array(buffer) });
    assertEquals(await readBytes(bytes), [["w", [2], [1.5, -2]]], type);
  }
});

const GOOD = op.dictionary(["w", WHOLE]);
const ZIP = zipCheckpoint(GOOD, { "0": BYTES });
const LEGACY = legacyCheckpoint(GOOD, { key: "0", values: VALUES });
const HUGE = tensor({ values: 8e8, shape: [8e8], strides: [1] });
const LARGE = tensor({ values: 2e8, shape: [2e8], strides: [1] });
const BROAD = tensor({ values: 6, shape: [30_000, 30_000], strides: [0, 0] });
const MANY = new Array<number>(1e6).fill(0x7d);
const TWICE = op.dictionary(["w", WHOLE], ["module.w", WHOLE]);
const NAN_VIEWS = op.dictionary([
  "w",
  tensor({ values: 6, shape: [...new Array<number>(60).fill(2 ** 20), 0], strides: [1] }),
]);
/** 600 dictionaries of one list of 2,000 pairs, each thrown away. */
const AGAIN = [
  ...op.list(...Array.from({ length: 2000 }, (_, i) => op.tuple(op.int(i), op.int(i)))),
  ...[0x71, 0], // BINPUT
  ...Array.from({ length: 600 }, () => [
    ...op.call(op.global("collections", "OrderedDict"), [0x68, 0]), // BINGET
    0x30, // POP
  ]).flat(),
];
const EVIL = op.dictionary(["w", op.call(op.global("os", "system"), op.text("touch /tmp/x"))]);

/** Files, each with a part of what is said of it. */
const BAD_FILES: [string, Uint8Array, string][] = [
  ["nothing", new Uint8Array(), "4 bytes or more"],
  ["text", new TextEncoder().encode("no checkpoint"), "must have known opcodes"],
  ["half a zip", ZIP.subarray(0, ZIP.length >> 1), "damaged"],
  ["half a legacy file", LEGACY.subarray(0, LEGACY.length - 5), "must fit into the file"],
  ["half a pickle", LEGACY.subarray(0, 60), "more bytes"],
  ["a zip without a pickle", zipSync({ "archive/x": BYTES }), "must hold data.pkl"],
  ["a million objects in a zip", zipCheckpoint(MANY, {}), "fewer than 1000000 operations"],
  ["a million objects", Uint8Array.from(MANY), "fewer than 1000000 operations"],
  [
    "views that are no numbers",
    zipCheckpoint(NAN_VIEWS, { "0": BYTES }),
    "values or less, got NaN",
  ],
  [
    "a list that is read again and again",
    zipCheckpoint(AGAIN, {}),
    "fewer than 1000000 operations",
  ],
  ["one name twice", zipCheckpoint(TWICE, { "0": BYTES }), 'must hold "w" once'],
  ["a storage twice", zipCheckpoint(GOOD, { "0": BYTES }, { "b/data/0": BYTES }), "once"],
  [
    "big-endian numbers",
    zipCheckpoint(GOOD, { "0": BYTES }, { "archive/byteorder": BIG }),
    "little",
  ],
  ["a missing storage", zipCheckpoint(GOOD, { "1": BYTES }), "one of 0 values"],
  ["an absolute path", zipCheckpoint(GOOD, { "0": BYTES }, { "/etc/x": BYTES }), "damaged"],
  ["a path that leads out", zipCheckpoint(GOOD, {}, { "../x": BYTES }), "damaged"],
  ["os.system", zipCheckpoint(EVIL, { "0": BYTES }), "got os.system"],
  ["3 GB in a zip", zipCheckpoint(op.dictionary(["w", HUGE]), { "0": BYTES }), "got 800000000"],
  [
    "1 GB in a zip",
    zipCheckpoint(op.dictionary(["w", LARGE]), { "0": BYTES }),
    "one of 6 values",
  ],
  ["3 GB by strides of 0", zipCheckpoint(op.dictionary(["w", BROAD]), { "0": BYTES }), "values"],
  [
    "3 GB in a legacy file",
    legacyCheckpoint(op.dictionary(["w", HUGE]), { key: "0", values: VALUES }),
    "must have 800000000 values, got 6",
  ],
  ["no tensors", zipCheckpoint(op.dictionary(), {}), "must hold tensors, got none"],
  ["a list", zipCheckpoint(op.list(), {}), "a dictionary of tensors"],
];

Deno.test("readTorchCheckpoint() refuses what is damaged, hostile or claims too much", async () => {
  for (const [name, bytes, detail] of BAD_FILES) {
    await assertRejects(() => readBytes(bytes), SyntaxError, detail, name);
  }
});

Deno.test("readTorchCheckpoint() does not believe the sizes in a zip's directory", async () => {
  const bytes = zipCheckpoint(op.dictionary(["w", WHOLE]), { "0": BYTES });
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // The central directory's entries have both sizes at 20 and 24.
  for (let at = 0; at < bytes.length - 4; at++) {
    if (view.getUint32(at, true) !== 0x02014b50) continue;
    view.setUint32(at + 20, 3e9, true);
    view.setUint32(at + 24, 3e9, true);
  }
  await assertRejects(() => readBytes(bytes), SyntaxError);
});
