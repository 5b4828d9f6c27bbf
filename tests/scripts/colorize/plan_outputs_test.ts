import { assertEquals } from "@std/assert";
import { planOutputs } from "../../../scripts/colorize/plan_outputs.ts";

Deno.test("planOutputs() lets no candidate and no map take the name of another result", () => {
  const outputs = (photos: string[], extras: { candidates: number; uncertainty: boolean }) =>
    planOutputs(photos, { folder: "out", extras }).map(({ output }) => output);
  const plain = { candidates: 1, uncertainty: false };
  assertEquals(outputs(["x.png", "x.jpg"], plain), ["out/x.png", "out/x.jpg"]);
  const mapped = { candidates: 1, uncertainty: true };
  assertEquals(outputs(["x.png", "x.jpg"], mapped), ["out/x.png", "out/x-2.jpg"]);
  const several = { candidates: 2, uncertainty: false };
  assertEquals(
    outputs(["x.png", "x-candidate2.png"], several),
    ["out/x.png", "out/x-candidate2-2.png"],
  );
});
