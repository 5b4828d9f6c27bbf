import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseTokens } from "../../src/serve/tokens.ts";
import { echoService, post } from "./echo_service.ts";

Deno.test("parseTokens() takes what opens the service, and nothing else", async () => {
  assertEquals(parseTokens([" one ", "", "a.b_c~d+e/f-g=="]), ["one", "a.b_c~d+e/f-g=="]);
  for (const token of ["s3cret!", "two words", "=a"]) {
    const error = assertThrows(() => parseTokens(["good", token]), RangeError, "token number 2");
    assert(!error.message.includes(token));
  }
  const [token] = parseTokens(["a.b_c~d+e/f-g=="]);
  const { app } = echoService({}, { guards: { tokens: [token!] } });
  const headers = { authorization: `Bearer ${token}` };
  assertEquals((await app.request(...post("", "x", headers))).status, 200);
});
