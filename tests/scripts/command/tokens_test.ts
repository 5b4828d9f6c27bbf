import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../scripts/command/run.ts";
import { readTokens } from "../../../scripts/command/tokens.ts";

async function withFile(text: string, check: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await check(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readTokens() gives one token a line", async () => {
  await withFile("one\n\n  two \r\n", async (path) => {
    assertEquals(await readTokens(path), ["one", "two"]);
  });
});

Deno.test("readTokens() refuses a file without one, and never prints a bad one", async () => {
  await withFile("\n \n", async (path) => {
    await assertRejects(() => readTokens(path), UsageError, "must hold a token in a line");
  });
  await withFile("good\nmy secret\n", async (path) => {
    const error = await assertRejects(() => readTokens(path), UsageError, "token number 2");
    assert(!error.message.includes("secret"));
  });
});
