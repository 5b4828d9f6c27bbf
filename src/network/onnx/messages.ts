/**
 * The part of the ONNX format that our exports use, as protocol buffer messages.
 * @see https://onnx.ai/onnx/repo-docs/IR.html (field numbers and codes: onnx.proto, IR version 8).
 */
import protobuf from "protobufjs/light.js";

/** Codes of element types. */
export const ELEMENT_TYPE = { float32: 1, int64: 7 } as const;

/** Codes of the kinds of attributes. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** A whole file. */
export interface ModelMessage {
  irVersion: number;
  opsetImport: { domain: string; version: number }[];
  producerName: string;
  docString: string;
  graph: GraphMessage;
  metadataProps: { key: string; value: string }[];
}

/** Nodes in an order in which they can run, and the constants that they take. */
export interface GraphMessage {
  name: string;
  node: NodeMessage[];
  initializer: TensorMessage[];
  input: ValueMessage[];
  output: ValueMessage[];
}

/** One operation; `input` and `output` name values. */
export interface NodeMessage {
  name: string;
  opType: string;
  input: string[];
  output: string[];
  attribute: AttributeMessage[];
}

/** One setting of a node: the field that `type` says is filled. */
export interface AttributeMessage {
  name: string;
  type: number;
  f?: number;
  i?: number;
  s?: Uint8Array;
  ints?: number[];
}

/** A constant; `rawData` is little-endian. */
export interface TensorMessage {
  name: string;
  dataType: number;
  dims: number[];
  rawData: Uint8Array;
}

/** An input or output of the graph; a dimension is fixed or has a name. */
export interface ValueMessage {
  name: string;
  docString: string;
  type: {
    tensorType: {
      elemType: number;
      shape: { dim: ({ dimValue: number } | { dimParam: string })[] };
    };
  };
}

/**
 * Serializes a model.
 * @returns An .onnx file.
 */
export function encodeModel(model: ModelMessage): Uint8Array<ArrayBuffer> {
  return MODEL.encode(model).finish() as Uint8Array<ArrayBuffer>;
}

/**
 * Reads back what `encodeModel` wrote.
 * @throws {Error} When the bytes are no such message.
 */
export function decodeModel(file: Uint8Array): ModelMessage {
  const options = { longs: Number, defaults: true };
  return MODEL.toObject(MODEL.decode(file), options) as ModelMessage;
}

const one = (id: number, type: string) => ({ id, type });
const many = (id: number, type: string) => ({ id, type, rule: "repeated" });

const MESSAGES = {
  Model: {
    irVersion: one(1, "int64"),
    producerName: one(2, "string"),
    docString: one(6, "string"),
    graph: one(7, "Graph"),
    opsetImport: many(8, "Opset"),
    metadataProps: many(14, "Entry"),
  },
  Opset: { domain: one(1, "string"), version: one(2, "int64") },
  Entry: { key: one(1, "string"), value: one(2, "string") },
  Graph: {
    node: many(1, "Node"),
    name: one(2, "string"),
    initializer: many(5, "Tensor"),
    input: many(11, "Value"),
    output: many(12, "Value"),
  },
  Node: {
    input: many(1, "string"),
    output: many(2, "string"),
    name: one(3, "string"),
    opType: one(4, "string"),
    attribute: many(5, "Attribute"),
  },
  Attribute: {
    name: one(1, "string"),
    f: one(2, "float"),
    i: one(3, "int64"),
    s: one(4, "bytes"),
    ints: many(8, "int64"),
    type: one(20, "int32"), // an enumeration of the format, which are whole numbers
  },
  Tensor: {
    dims: many(1, "int64"),
    dataType: one(2, "int32"),
    name: one(8, "string"),
    rawData: one(9, "bytes"),
  },
  Value: { name: one(1, "string"), type: one(2, "Type"), docString: one(3, "string") },
  Type: { tensorType: one(1, "TensorType") },
  TensorType: { elemType: one(1, "int32"), shape: one(2, "Shape") },
  Shape: { dim: many(1, "Dimension") },
  Dimension: { dimValue: one(1, "int64"), dimParam: one(2, "string") },
};

const MODEL = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(MESSAGES).map(([name, fields]) => [name, { fields }])),
}).lookupType("Model");
