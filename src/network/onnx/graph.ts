import {
  ATTRIBUTE_TYPE,
  type AttributeMessage,
  ELEMENT_TYPE,
  encodeModel,
  type NodeMessage,
  type TensorMessage,
  type ValueMessage,
} from "./messages.ts";

/** The version of the operators; onnxruntime has them since 1.12. */
export const OPSET = 17;
/** The version of the format that came with the operators. */
const IR_VERSION = 8;

/** An input or output as its user sees it. */
export interface ValueOptions {
  /** A number is fixed, a name stands for any. */
  dimensions: readonly (number | string)[];
  docString: string;
}

/** What a node takes besides its inputs. */
export interface NodeOptions {
  /** What to name the node and its output by; a number is appended where that is taken. */
  name: string;
  /** Whole numbers, lists of them, and texts. */
  attributes?: Record<string, number | readonly number[] | string>;
  /** Attributes that are real numbers, which the format tells apart. */
  floats?: Record<string, number>;
}

/**
 * An ONNX graph while it is put together: every method names the value that it makes, to be taken as
 * an input by the nodes that follow. Values are channels-first, [N, C, H, W].
 */
export class OnnxGraph {
  readonly #nodes: NodeMessage[] = [];
  readonly #constants: TensorMessage[] = [];
  readonly #inputs: ValueMessage[] = [];
  readonly #outputs: ValueMessage[] = [];
  readonly #names: Set<string>;

  /** @param reserved Names of inputs and outputs, which nothing else gets. */
  constructor(reserved: readonly string[]) {
    this.#names = new Set(reserved);
  }

  /** Adds an input of 32-bit floats, under a reserved name. */
  input(name: string, options: ValueOptions): string {
    this.#inputs.push(value(name, options));
    return name;
  }

  /** Makes a value an output, under a reserved name. */
  output(name: string, from: string, options: ValueOptions): void {
    this.#nodes.push({ name, opType: "Identity", input: [from], output: [name], attribute: [] });
    this.#outputs.push(value(name, options));
  }

  /** Adds an operation of one output. */
  node(
    opType: string,
    input: string[],
    { name, attributes = {}, floats = {} }: NodeOptions,
  ): string {
    const output = this.#free(name);
    const attribute = [
      ...Object.entries(attributes).map(([key, setting]) => attributeOf(key, setting)),
      ...Object.entries(floats).map(([key, f]) => ({ name: key, type: ATTRIBUTE_TYPE.float, f })),
    ];
    this.#nodes.push({ name: output, opType, input, output: [output], attribute });
    return output;
  }

  /** Adds a constant of 32-bit floats. */
  floats(
    { name, shape, values }: { name: string; shape: number[]; values: ArrayLike<number> },
  ): string {
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    return this.#constant(name, { dims: shape, data, dataType: ELEMENT_TYPE.float32 });
  }

  /** Adds a constant that goes with values of any shape. */
  scalar(name: string, value: number): string {
    return this.floats({ name, shape: [], values: [value] });
  }

  /** Adds a list of whole numbers, such as sizes are. */
  integers(name: string, values: readonly number[]): string {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant(name, { dims: [values.length], data, dataType: ELEMENT_TYPE.int64 });
  }

  /** Writes the graph as an .onnx file. */
  encode({ name, docString, metadata }: {
    name: string;
    docString: string;
    metadata: Record<string, string>;
  }): Uint8Array<ArrayBuffer> {
    return encodeModel({
      irVersion: IR_VERSION,
      opsetImport: [{ domain: "", version: OPSET }],
      producerName: "Polychromify",
      docString,
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#constants,
        input: this.#inputs,
        output: this.#outputs,
      },
      metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    });
  }

  #constant(
    name: string,
    { dims, data, dataType }: {
      dims: number[];
      data: Float32Array | BigInt64Array;
      dataType: number;
    },
  ): string {
    const free = this.#free(name);
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#constants.push({ name: free, dataType, dims, rawData });
    return free;
  }

  #free(name: string): string {
    let free = name;
    for (let i = 1; this.#names.has(free); i++) free = `${name}_${i}`;
    this.#names.add(free);
    return free;
  }
}

function value(name: string, { dimensions, docString }: ValueOptions): ValueMessage {
  const dim = dimensions.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size }
  );
  const type = { tensorType: { elemType: ELEMENT_TYPE.float32, shape: { dim } } };
  return { name, docString, type };
}

function attributeOf(
  name: string,
  setting: number | readonly number[] | string,
): AttributeMessage {
  if (typeof setting === "number") return { name, type: ATTRIBUTE_TYPE.int, i: setting };
  if (typeof setting === "string") {
    return { name, type: ATTRIBUTE_TYPE.string, s: new TextEncoder().encode(setting) };
  }
  return { name, type: ATTRIBUTE_TYPE.ints, ints: [...setting] };
}
