import { assertEquals, assertThrows } from "@std/assert";
import {
  choiceFlag,
  integerFlag,
  numberFlag,
  textFlag,
  textFlags,
} from "../../../scripts/command/flags.ts";
import { UsageError } from "../../../scripts/command/run.ts";

const given = (size: string | string[]) => ({ values: { size }, positionals: [] });
const none = { values: {}, positionals: [] };

Deno.test("every flag reader gives nothing for a flag that was not given", () => {
  assertEquals(textFlag(none, "size"), undefined);
  assertEquals(textFlags(none, "size"), []);
  assertEquals(integerFlag(none, "size"), undefined);
  assertEquals(numberFlag(none, "size"), undefined);
  assertEquals(choiceFlag(none, "size", ["s", "m"]), undefined);
});

Deno.test("textFlags() gives all texts of a flag", () => {
  assertEquals(textFlags(given(["a", "b"]), "size"), ["a", "b"]);
  assertEquals(textFlags(given("a"), "size"), ["a"]);
});

Deno.test("integerFlag() takes whole numbers in its range", () => {
  assertEquals(integerFlag(given("64"), "size"), 64);
  assertEquals(integerFlag(given("-3"), "size", { min: -3 }), -3);
});

Deno.test("integerFlag() refuses all else, naming flag, rule and value", () => {
  for (const text of ["0", "1.5", "1e3", "", "sixty", "9007199254740993"]) {
    assertThrows(() => integerFlag(given(text), "size"), UsageError, `1 or more, got ${text}`);
  }
  assertThrows(
    () => integerFlag(given("9"), "size", { min: 1, max: 8 }),
    UsageError,
    "Cannot use --size: must be a whole number, 1 to 8, got 9",
  );
});

Deno.test("numberFlag() takes numbers above its bound alone", () => {
  assertEquals(numberFlag(given("1e-3"), "size"), 0.001);
  for (const text of ["0", "-1", "", " ", "Infinity", "NaN", "a"]) {
    assertThrows(
      () => numberFlag(given(text), "size"),
      UsageError,
      `Cannot use --size: must be a number above 0, got ${text}`,
    );
  }
});

Deno.test("choiceFlag() takes one of its words alone", () => {
  assertEquals(choiceFlag(given("m"), "size", ["s", "m"]), "m");
  assertThrows(
    () => choiceFlag(given("xl"), "size", ["s", "m"]),
    UsageError,
    "Cannot use --size: must be one of s, m, got xl",
  );
});
