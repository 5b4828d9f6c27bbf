import { assertEquals } from "@std/assert";
import { markdownTable } from "../../src/eval/markdown_table.ts";

Deno.test("markdownTable() aligns names to the left and numbers to the right", () => {
  assertEquals(
    markdownTable([["model", "dB"], ["gray", "24.5"], ["polychromify", "9"]]),
    [
      "| model        |   dB |",
      "| ------------ | ---: |",
      "| gray         | 24.5 |",
      "| polychromify |    9 |",
    ].join("\n"),
  );
});
