/** `deno task study` as its user meets it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { TINY_NETWORK } from "../train/tiny_network.ts";
import { makeWorkspace, readRunHistory, runScript, startScript } from "./train_command.ts";

/** A workspace whose variants are tiny networks. */
async function makeStudy() {
  const workspace = await makeWorkspace();
  for (const variant of ["v3", "v6"]) {
    await Deno.mkdir(`${workspace.path}/models/${variant}`);
    const config = { title: variant, network: TINY_NETWORK, training: { epochs: 40, batch: 8 } };
    await Deno.writeTextFile(
      `${workspace.path}/models/${variant}/config.json`,
      JSON.stringify(config),
    );
  }
  const out = `${workspace.path}/study`;
  const flags = [...workspace.flags, "--out", out, "--backend", "wasm", "--workers", "1"];
  return Object.assign(workspace, { out, flags });
}

Deno.test("deno task study trains variants, goes on where it stopped, and prints Table 1", async (t) => {
  await using workspace = await makeStudy();
  const { out, flags } = workspace;
  const command = ["v3", "v6", ...flags, "--images", "16"];

  await t.step("stopped, it saves and says how to go on", async () => {
    const study = startScript("study", command);
    const { code, stderr } = await study.signalAt("epoch 2/40:", "SIGTERM");
    assertEquals(code, 130, stderr);
    assertStringIncludes(stderr, "stopped; the same command goes on");
    const epochs = (await readRunHistory(`${out}/v3`)).length;
    assert(epochs >= 2 && epochs < 40, `${epochs} epochs`);
  });
  await t.step("the same command goes on, and says that the study is scaled down", async () => {
    const before = await readRunHistory(`${out}/v3`);
    const { code, stdout, stderr } = await runScript("study", command);
    assertEquals(code, 0, stderr);
    const history = await readRunHistory(`${out}/v3`);
    assertEquals([history.length, history.slice(0, before.length)], [40, before]);
    assertMatch(stdout, /^Table 1: .* Scaled down \(v3, v6\)/);
    const psnr = history.at(-1)!.validationPsnr.toFixed(2);
    const row = stdout.split("\n").find((line) => line.startsWith("| v3"))!;
    const cells = row.split("|").map((cell) => cell.trim());
    assertEquals(cells.slice(1, 9).toSpliced(2, 3), ["v3", "S1", "40 of 40", "16", psnr]);
    assertEquals(cells.slice(-4, -1), ["25", "20.55", "45min"]);
  });
  await t.step("--table-only --json prints what there is", async () => {
    const { code, stdout } = await runScript("study", [...command, "--table-only", "--json"]);
    assertEquals(code, 0);
    const { results } = JSON.parse(stdout);
    assertEquals(
      results.map(({ variant, images }: { variant: string; images: number }) => [
        variant,
        images,
      ]),
      [["v3", 16], ["v6", 16]],
    );
  });
});

Deno.test("deno task study refuses an unknown variant, and a table of nothing", async () => {
  await using workspace = await makeStudy();
  const unknown = await runScript("study", ["v9", ...workspace.flags]);
  assertEquals(unknown.code, 2);
  assertMatch(unknown.stderr, /^study: Cannot study: VARIANT must be one of v1, .*got v9/);
  const nothing = await runScript("study", [...workspace.flags, "--table-only"]);
  assertEquals(nothing.code, 1);
  assertMatch(nothing.stderr, /^study: Cannot print Table 1: .* got none\n$/);
});
