/** Holds the project to its layout; each rule is also shown a made-up tree that breaks it. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { mirrorProblems, nameProblems, sizeProblems } from "./architecture/files.ts";
import { functionProblems } from "./architecture/functions.ts";
import {
  layerProblems,
  LAYERS,
  processProblems,
  specifierProblems,
  syncReadProblems,
} from "./architecture/layers.ts";
import { importsOf, readSourceTree, type SourceTree } from "./architecture/source_tree.ts";

const ROOT = new URL("../", import.meta.url);
const PROJECT = await readSourceTree(ROOT, ["main.ts", "src", "scripts", "tests"]);
const CONFIG = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const PACKAGES = Object.keys(CONFIG.imports);

type Rule = (tree: SourceTree) => string[];

/** Per rule: what it says, the rule, and files that break it, each with the complaint. */
const RULES: [name: string, rule: Rule, broken: [path: string, text: string, problem: string][]][] =
  [
    ["folders of src import those alone that the layout lists", layerProblems, [
      ["src/color/a.ts", 'import { b } from "../image/b.ts";', "color may import no sibling"],
      ["src/train/a.ts", 'export * from "../eval/b.ts";', "train may import color, data, network"],
      [
        "src/eval/a.ts",
        'type A = import("../serve/b.ts").B;',
        "eval may import color, data, colorize",
      ],
      [
        "src/data/a.ts",
        'new Worker(new URL("../train/b.ts", import.meta.url))',
        "data may import color, image",
      ],
      ["src/data/a.ts", 'import.meta.resolve("../hint/b.ts")', "data may import color, image"],
      ["src/serve/a.ts", 'import "../../main.ts";', "src imports from src alone"],
      ["src/serve/a.ts", 'import "../../scripts/b.ts";', "only scripts and tests import scripts"],
      ["src/extra/a.ts", 'import "./b.ts";', "src/extra is no folder of the layout"],
      ["scripts/a.ts", 'await import("../tests/b.ts");', "only tests import tests"],
    ]],
    ["imports name files and listed packages", (tree) => specifierProblems(tree, PACKAGES), [
      ["src/data/a.ts", 'import "./gone.ts";', "no such file"],
      ["src/data/a.ts", 'import "npm:left-pad";', "not in the imports of deno.json"],
      ["src/data/a.ts", "await import(name);", "must be a literal"],
      ["src/color/a.ts", 'import "sharp";', "color uses plain arrays and no package"],
    ]],
    ["only main.ts and scripts read flags and environment or pick a seed", processProblems, [
      ["src/data/a.ts", 'Deno.env.get("A")', "uses Deno.env"],
      ["src/data/a.ts", "process.argv[2]", "uses process.argv"],
      ["src/data/a.ts", "Math.random()", "uses Math.random"],
    ]],
    ["no tensor is read synchronously", syncReadProblems, [
      ["src/train/a.ts", "loss.dataSync()", "src/train/a.ts:1: await data()"],
    ]],
    ["files are snake_case, no utils, no barrels", nameProblems, [
      ["src/data/myFile.ts", "", "names are snake_case"],
      ["src/data/utils.ts", "", "no utils"],
      ["src/data/index.ts", "", "no barrel"],
      [
        "src/data/all.ts",
        '// all\nexport { a } from "./a.ts";\nexport * from "./b.ts";\n',
        "owns a name",
      ],
    ]],
    ["files have 250 lines or less", sizeProblems, [
      ["src/data/a.ts", "a();\n".repeat(251), "251 lines"],
    ]],
    ["functions have less than 40 lines", functionProblems, [
      [
        "src/data/a.ts",
        `function a() {\n${"b();\n".repeat(38)}}`,
        "src/data/a.ts:1: function of 40",
      ],
      [
        "src/data/a.ts",
        `\nt(async () => {\n${"b();\n".repeat(38)}});`,
        "src/data/a.ts:2: function",
      ],
      ["src/data/a.ts", `class A {\n#b() {\n${"c();\n".repeat(38)}}\n}`, "function of 40 lines"],
    ]],
    ["tests mirror src and scripts", mirrorProblems, [
      ["tests/data/gone_test.ts", "", "tests no module of the folder"],
      ["tests/scripts/gone_test.ts", "", "tests no module of the folder"],
      [
        "tests/scripts/command/a_test.ts",
        'import "../../../scripts/b.ts";',
        "tests no module of the folder",
      ],
      ["src/data/a.ts", "", "no test of its folder reaches it"],
    ]],
  ];

for (const [name, rule, broken] of RULES) {
  Deno.test(`architecture: ${name}`, () => {
    assertEquals(rule(PROJECT), []);
  });

  Deno.test(`architecture: what breaks it is found out: ${name}`, () => {
    for (const [path, text, problem] of broken) {
      const problems = rule(new Map([[path, text]]));
      assertEquals(problems.length, 1, `${path}: ${text}`);
      assertStringIncludes(problems[0]!, problem);
    }
  });
}

Deno.test("architecture: a tree that keeps every rule has no problems", () => {
  const tree = new Map([
    ["main.ts", 'import { c } from "./src/train/c.ts";\nDeno.env.get("A");'],
    ["src/color/a.ts", "export const a = \"from '../serve/b.ts'\";"],
    ["src/backend/wasm/b.ts", "// import '../../serve/b.ts'\nexport const b = t.dataSync();"],
    ["src/train/c.ts", 'import { a } from "../color/a.ts";\nimport "node:path";\nexport { a };'],
    ["src/train/e.ts", "// WASM holds it in memory\nexport const e = t.dataSync();"],
    [
      "scripts/d.ts",
      `import { c } from "../src/train/c.ts";\nfunction d() {\n${"c();\n".repeat(37)}}`,
    ],
    ["scripts/command/f.ts", "Math.random();"],
    ["tests/color/a_test.ts", 'import "../../src/color/a.ts";'],
    ["tests/backend/wasm/b_test.ts", 'import "../../../src/backend/wasm/b.ts";'],
    ["tests/train/c_test.ts", 'import "../../src/train/c.ts";'],
    ["tests/train/e_test.ts", 'import "../../src/train/e.ts";'],
    ["tests/scripts/d_test.ts", 'Deno.test("deno task d", c);'],
    ["tests/scripts/command/f_test.ts", 'Deno.test("f()", c);'],
    ["tests/scripts/command/flags_test.ts", 'import "../../../scripts/command/f.ts";'],
  ]);
  for (const [, rule] of RULES) assertEquals(rule(tree), []);
});

Deno.test("architecture: the layers have no circle", () => {
  const done = new Set<string>();
  const visit = (folder: string, above: string[]) => {
    assertEquals(above.includes(folder), false, [...above, folder].join(" imports "));
    if (!done.has(folder)) LAYERS[folder]!.forEach((next) => visit(next, [...above, folder]));
    done.add(folder);
  };
  Object.keys(LAYERS).forEach((folder) => visit(folder, []));
});

Deno.test("importsOf() finds specifiers in code, none in comments, strings and templates", () => {
  const text = `
    import a, { type B } from "a";
    import type {
      C,
    } from './c.ts';
    import "d"; // import "no1"
    export * as e from "e"; /* export * from "no2" */
    const f = await import("f"), g = "import 'no3'", h = \`import "no4"\`;
    new URL("./i.ts", import.meta.url), new URL("./page.html", import.meta.url);
    fail("loaded from", "no5");
  `;
  assertEquals(importsOf(text), ["a", "./c.ts", "d", "e", "f", "./i.ts"]);
});
