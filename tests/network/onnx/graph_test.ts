import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { startBackend } from "../../../src/backend/start.ts";
import { OnnxGraph } from "../../../src/network/onnx/graph.ts";
import { ATTRIBUTE_TYPE, decodeModel, ELEMENT_TYPE } from "../../../src/network/onnx/messages.ts";
import { runOnnx } from "../../onnx_session.ts";

const ANY = { dimensions: ["batch", "channels", "height", "width"], docString: "" };

Deno.test("OnnxGraph writes a file that onnxruntime runs, for any batch and size", async () => {
  await startBackend("wasm");
  const graph = new OnnxGraph(["in", "out"]);
  const slope = graph.floats({ name: "slope", shape: [2, 1, 1], values: [2, 10] });
  const scaled = graph.node("Mul", [graph.input("in", ANY), slope], { name: "scaled" });
  const floats = { alpha: 0.5 };
  const leaky = graph.node("LeakyRelu", [scaled], { name: "leaky", floats });
  graph.output("out", leaky, ANY);
  const file = graph.encode({ name: "test", docString: "", metadata: {} });
  for (const [images, height, width] of [[1, 1, 2], [2, 3, 1]] as const) {
    const features = tf.tidy(() =>
      tf.reshape(tf.range(-2, 2 * images * height * width - 2), [images, height, width, 2])
    ) as tf.Tensor4D;
    const { out } = await runOnnx(file, { in: features });
    const expected = [...await features.data()].map((value, i) => {
      const scaled = value * (i % 2 === 0 ? 2 : 10);
      return scaled < 0 ? 0.5 * scaled : scaled;
    });
    assertEquals(out, {
      shape: [images, height, width, 2],
      values: Float32Array.from(expected),
    });
    features.dispose();
  }
});

Deno.test("OnnxGraph keeps names apart, and reserved ones free", () => {
  const graph = new OnnxGraph(["in", "out"]);
  const names = [graph.scalar("out", 1), graph.integers("a", [1]), graph.integers("a", [1])];
  assertEquals([...names, graph.node("Relu", ["in"], { name: "a" })], ["out_1", "a", "a_1", "a_2"]);
});

Deno.test("OnnxGraph tells attributes, constants and facts as the format has them", () => {
  const graph = new OnnxGraph(["in", "out"]);
  graph.integers("sizes", [3, -1]);
  graph.scalar("half", 0.5);
  const planes = { dimensions: ["N", 3, "H", "W"], docString: "three planes" };
  graph.node("Conv", [graph.input("in", planes)], {
    name: "conv",
    attributes: { group: 1, pads: [0, -1], auto_pad: "VALID" },
    floats: { alpha: 0.25 },
  });
  const file = graph.encode({ name: "g", docString: "d", metadata: { license: "MIT" } });
  const model = decodeModel(file);
  assertEquals([model.irVersion, model.producerName, model.docString], [8, "Polychromify", "d"]);
  assertEquals(model.metadataProps, [{ key: "license", value: "MIT" }]);
  const [input] = model.graph.input;
  assertEquals([input!.name, input!.docString], ["in", "three planes"]);
  assertEquals(input!.type.tensorType.elemType, ELEMENT_TYPE.float32);
  const [sizes, half] = model.graph.initializer;
  assertEquals([sizes!.dataType, sizes!.dims, half!.dims], [ELEMENT_TYPE.int64, [2], []]);
  assertEquals([...sizes!.rawData], [3, 0, 0, 0, 0, 0, 0, 0, ...Array(8).fill(255)]);
  assertEquals([...half!.rawData], [0, 0, 0, 0x3f]);
  const [group, pads, autoPad, alpha] = model.graph.node[0]!.attribute;
  assertEquals([group!.type, group!.i], [ATTRIBUTE_TYPE.int, 1]);
  assertEquals([pads!.type, pads!.ints], [ATTRIBUTE_TYPE.ints, [0, -1]]);
  assertEquals(new TextDecoder().decode(autoPad!.s), "VALID");
  assertEquals([alpha!.type, alpha!.f], [ATTRIBUTE_TYPE.float, 0.25]);
});
