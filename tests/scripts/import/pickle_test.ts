import { assertEquals, assertThrows } from "@std/assert";
import { type PickleContext, unpickle } from "../../../scripts/import/pickle.ts";
import { op, pickle } from "./made_pickle.ts";

const CONTEXT: PickleContext = {
  globals: new Map([["m.f", { name: "m.f", call: (args) => [...args, "called"] }]]),
  persistentLoad: (id) => ["outside", id],
};

function read(bytes: Uint8Array): unknown {
  return unpickle(bytes, CONTEXT).value;
}

Deno.test("unpickle() reads what state dictionaries are made of", () => {
  const value = op.dictionary(
    ["list", op.list(op.int(-5), [0x4b, 200], [0x4d, 1, 2], [0x4e], [0x88])],
    ["call", op.call(op.global("m", "f"), op.text("ä"))],
    ["outside", [...op.text("id"), 0x51]],
    ["float", [0x47, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]],
    ["long", [0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  );
  assertEquals(
    read(pickle(value)),
    new Map<unknown, unknown>([
      ["list", [-5, 200, 513, null, true]],
      ["call", ["ä", "called"]],
      ["outside", ["outside", "id"]],
      ["float", 1.5],
      ["long", 2n ** 64n],
    ]),
  );
});

Deno.test("unpickle() remembers values, and tells where a pickle ends", () => {
  const bytes = pickle([...op.list(), 0x71, 7, 0x68, 7, 0x86]);
  const { value, end } = unpickle(Uint8Array.from([...bytes, 1, 2]), CONTEXT);
  assertEquals([value, end], [[[], []], bytes.length]);
});

Deno.test("unpickle() runs nothing: other globals are refused by name", () => {
  const attacks: [number[], string][] = [
    [op.call(op.global("os", "system"), op.text("id")), "got os.system"],
    [op.call(op.global("builtins", "eval"), op.text("1")), "got builtins.eval"],
    // STACK_GLOBAL, by which later protocols name them.
    [[...op.text("os"), ...op.text("system"), 0x93], "got os.system"],
    [op.call(op.text("m.f"), op.text("x")), "only a function can be called"],
  ];
  for (const [value, detail] of attacks) {
    assertThrows(() => read(pickle(value)), SyntaxError, detail);
  }
});

Deno.test("unpickle() says what is wrong with bytes that are no pickle", () => {
  const good = pickle(op.list(op.text("some text")));
  for (let length = 0; length < good.length; length++) {
    assertThrows(() => read(good.subarray(0, length)), SyntaxError, "more bytes");
  }
  assertThrows(() => read(Uint8Array.of(0xff)), SyntaxError, "got 0xff at 0");
  assertThrows(() => read(pickle([0x58, 0xff, 0xff, 0xff, 0xff])), SyntaxError, "4294967295 more");
  assertThrows(() => read(pickle([0x30])), SyntaxError, "stack must not run empty");
  assertThrows(() => read(pickle([0x74])), SyntaxError, "must follow a mark");
  assertThrows(() => read(pickle([0x68, 3])), SyntaxError, "value 3 must have been remembered");
});
