import { assertEquals } from "@std/assert";
import { readMessages, writeMessage } from "../../../src/serve/pictures/messages.ts";

/** What a stream carried, in chunks of `size` bytes. */
function inChunks(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
}

async function written(): Promise<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const all = new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).bytes();
  await writeMessage(writable, { kind: "one", name: "é" }, [
    Uint8Array.of(1, 2),
    Uint8Array.of(3),
  ]);
  await writeMessage(writable, { kind: "two" });
  await writable.close();
  return await all;
}

Deno.test("readMessages() reads what writeMessage() wrote, however it is cut", async () => {
  const bytes = await written();
  for (const size of [1, 3, 7, bytes.length]) {
    const messages = await Array.fromAsync(readMessages(inChunks(bytes, size)));
    assertEquals(messages, [
      { header: { kind: "one", name: "é" }, body: Uint8Array.of(1, 2, 3) },
      { header: { kind: "two" }, body: new Uint8Array(0) },
    ]);
  }
});

Deno.test("readMessages() drops a message that breaks off", async () => {
  const bytes = await written();
  const messages = await Array.fromAsync(readMessages(inChunks(bytes.slice(0, -2), 5)));
  assertEquals(messages.length, 1);
});
