/** How long functions are, measured on the syntax tree that `deno lint` shows its plugins. */
import type { SourceTree } from "./source_tree.ts";

const LESS_THAN_LINES = 40;

/** Functions, methods and callbacks too long to read at once. */
export function functionProblems(tree: SourceTree): string[] {
  return [...tree].flatMap(([path, text]) =>
    Deno.lint.runPlugin(PLUGIN, path, text).map(({ message, range: [start] }) => {
      const line = text.slice(0, start).split("\n").length;
      return `${path}:${line}: function of ${message} lines, split from ${LESS_THAN_LINES} on`;
    })
  );
}

type FunctionNode =
  | Deno.lint.FunctionDeclaration
  | Deno.lint.FunctionExpression
  | Deno.lint.ArrowFunctionExpression;

/** Reports the lines of each function that is too long. */
const PLUGIN: Deno.lint.Plugin = {
  name: "size",
  rules: {
    functions: {
      create(context) {
        const check = (node: FunctionNode) => {
          const lines = context.sourceCode.getText(node).split("\n").length;
          if (lines >= LESS_THAN_LINES) context.report({ node, message: String(lines) });
        };
        return {
          FunctionDeclaration: check,
          FunctionExpression: check, // methods too
          ArrowFunctionExpression: check,
        };
      },
    },
  },
};
