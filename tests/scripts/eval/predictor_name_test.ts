import { assertEquals, assertThrows } from "@std/assert";
import { parsePredictorName } from "../../../scripts/eval/predictor_name.ts";

Deno.test("parsePredictorName() reads vividness and hints", () => {
  assertEquals(parsePredictorName("palette"), { model: "palette" });
  assertEquals(parsePredictorName("palette@0.5"), { model: "palette", vividness: 0.5 });
  assertEquals(parsePredictorName("polychromify-ab+3"), { model: "polychromify-ab", hints: 3 });
  const given = { lambda: 0.1, gain: 0.7, temperature: 0.6, chroma: 1.2 };
  const decode = { ...given, dispersion: Infinity, neutral: 0, red: 0 };
  assertEquals(parsePredictorName("palette@0.1:0.7:0.6:1.2+2"), {
    model: "palette",
    decode,
    hints: 2,
  });
  assertEquals(parsePredictorName("palette@0.1:0.7:0.6:1.2:5"), {
    model: "palette",
    decode: { ...decode, dispersion: 5 },
  });
  assertEquals(parsePredictorName("palette@0.1:0.7:0.6:1.2:5:14:1.5").decode, {
    ...given,
    dispersion: 5,
    neutral: 14,
    red: 1.5,
  });
  assertEquals(parsePredictorName("palette@0+10"), { model: "palette", vividness: 0, hints: 10 });
});

Deno.test("parsePredictorName() names what is out of range", () => {
  const refused = [
    ["palette@2", "vividness must lie in 0..1, got 2"],
    ["palette@", "vividness must lie in 0..1, got "],
    ["palette@x", "got x"],
    ["palette@1:2", "settings must be LAMBDA:GAIN:TEMPERATURE"],
    ["palette@1:0:1", "got 1:0:1"],
    ["palette@1:0:0:1", "got 1:0:0:1"],
    ["palette@2:0:1:1", "got 2:0:1:1"],
    ["palette@0:0:1:1", "got 0:0:1:1"], // a bin that never occurs would weigh infinitely much
    ["palette@0.5::1:1", "got 0.5::1:1"],
    ["palette@1:0:1:0.9", "got 1:0:1:0.9"],
    ["palette@1:0:1:1:0", "got 1:0:1:1:0"],
    ["palette@1:0:1:1:5:-1", "got 1:0:1:1:5:-1"],
    ["palette@1:0:1:1:5:6:-1", "got 1:0:1:1:5:6:-1"],
    ["palette@1:0:1:1:5:6:7:8", "got 1:0:1:1:5:6:7:8"],
    ["palette+1.5", "hints must be a whole number, 0 to 500, got 1.5"],
    ["palette@1+501", "got 501"],
    ["palette+", "got "],
  ] as const;
  for (const [name, text] of refused) {
    assertThrows(() => parsePredictorName(name), RangeError, `Cannot evaluate ${name}: `);
    assertThrows(() => parsePredictorName(name), RangeError, text);
  }
});
