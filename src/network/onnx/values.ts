/** Inputs and outputs that several exports have. */
import type { OnnxGraph, ValueOptions } from "./graph.ts";

/** The sides of a picture. */
export const PICTURE = ["height", "width"] as const;

export const AB: ValueOptions = {
  dimensions: ["batch", 2, ...PICTURE],
  docString: "a* / 128 and b* / 128",
};

/** Colors that are known, of a network that takes them. */
export function hintsInput(graph: OnnxGraph): string {
  return graph.input("hints", {
    dimensions: ["batch", 3, ...PICTURE],
    docString: "a* / 128, b* / 128 and 1 where a color is known, elsewhere 0 all three",
  });
}
