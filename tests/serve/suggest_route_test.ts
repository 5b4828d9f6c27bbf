import { assertEquals } from "@std/assert";
import { assertProblem, echoService } from "./echo_service.ts";

function suggest(query: string): [string, RequestInit] {
  return [`/v1/suggest${query}`, { method: "POST", body: "x" }];
}

Deno.test("POST /v1/suggest answers colors with their shares", async () => {
  const { app } = echoService();
  const response = await app.request(...suggest("?x=0.5&y=1&count=3"));
  assertEquals(await response.json(), { colors: [{ color: "#0305ff", share: 0.512 }] });
});

Deno.test("POST /v1/suggest needs a place inside the picture", async () => {
  const { app } = echoService();
  await assertProblem(await app.request(...suggest("?x=0.5")), 422, "x and y must be given");
  await assertProblem(await app.request(...suggest("?x=1.5&y=0")), 422, "a number, 0 to 1");
  await assertProblem(await app.request(...suggest("?x=0&y=0&vividness=1")), 422, "one of x, y");
});
