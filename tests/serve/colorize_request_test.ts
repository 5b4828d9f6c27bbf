import { assertEquals } from "@std/assert";
import type { PictureOptions } from "../../src/serve/service.ts";
import { assertProblem, echoService, post } from "./echo_service.ts";

Deno.test("POST /v1/colorize colorizes a raw body, whatever its content type", async () => {
  for (const type of ["image/jpeg", "application/x-www-form-urlencoded", "text/plain"]) {
    const { app, seen } = echoService();
    const response = await app.request(
      ...post("", new Uint8Array([1, 2]), { "content-type": type }),
    );
    assertEquals(response.status, 200);
    assertEquals(await response.bytes(), new Uint8Array([1, 2]));
    assertEquals(response.headers.get("content-type"), "image/png");
    assertEquals(response.headers.get("vary"), "Accept");
    assertEquals(seen, [{ format: "png" }]);
  }
});

Deno.test("POST /v1/colorize hands on model, size and the accepted format", async () => {
  const { app, seen } = echoService();
  const response = await app.request(
    ...post("?model=cnn&size=128", "x", { accept: "image/webp, image/png;q=0.5" }),
  );
  assertEquals(response.headers.get("content-type"), "image/webp");
  assertEquals(seen, [{ model: "cnn", sizePx: 128, format: "webp" }]);
});

Deno.test("POST /v1/colorize takes a form with the field image and options", async () => {
  const { app, seen } = echoService();
  const form = new FormData();
  form.set("image", new File([new Uint8Array([7, 8, 9])], "photo.jpg"));
  form.set("size", "32");
  const response = await app.request(...post("?model=cnn", form));
  assertEquals(await response.bytes(), new Uint8Array([7, 8, 9]));
  assertEquals(seen, [{ model: "cnn", sizePx: 32, format: "png" }]);
});

Deno.test("POST /v1/colorize answers 400 to a form without one picture", async () => {
  const { app } = echoService();
  const form = new FormData();
  await assertProblem(
    await app.request(...post("", form)),
    400,
    "image must be one file, got none",
  );
  form.set("image", "text");
  await assertProblem(await app.request(...post("", form)), 400, "got 1 of kind string");
  const broken = post("", "no form", { "content-type": "multipart/form-data; boundary=x" });
  await assertProblem(await app.request(...broken), 400, "must be multipart/form-data");
});

Deno.test("POST /v1/colorize answers 400 to an empty body", async () => {
  const { app } = echoService();
  await assertProblem(await app.request(...post("", "")), 400, "it is empty");
  await assertProblem(await app.request("/v1/colorize", { method: "POST" }), 400, "it is empty");
});

Deno.test("POST /v1/colorize answers 422 to options that do not fit", async () => {
  const { app } = echoService();
  const cases = {
    "?size=": "size",
    "?size=7": "8 to 512",
    "?size=513": '"513"',
    "?size=64.5": "whole number",
    "?size=1e2": "whole number",
    "?model=": "must be a name",
    "?size=64&size=32": "given once",
    "?colour=red": "one of model, size, vividness",
    "?vividness=1.5": 'a number, 0 to 1, got "1.5"',
    "?vividness=-1": "0 to 1",
    "?vividness=1e1": "0 to 1",
    "?vividness=e1": "0 to 1",
    "?candidates=9": "1 to 8",
    "?format=gif": "one of png, jpeg, webp, avif",
    "?quality=0": "1 to 100",
    "?timeout=0": "above 0",
    "?points=x": "a JSON list",
    "?points=[{}]": "a JSON list",
    '?points=[{"x":1,"y":2,"color":"red"}]': "#rrggbb",
  };
  for (const [query, detail] of Object.entries(cases)) {
    await assertProblem(await app.request(...post(query, "x")), 422, detail);
  }
});

Deno.test("POST /v1/colorize hands on every other option", async () => {
  const { app, seen } = echoService();
  const points = [{ x: 1.5, y: 2, color: "#0a0B0c" }, { x: 3, y: 4, color: "#ffffff", radius: 7 }];
  const query = new URLSearchParams({
    ...{ vividness: ".8", seed: "7", format: "jpeg", quality: "80", timeout: "2" },
    points: JSON.stringify(points),
  });
  const response = await app.request(...post(`?${query}`, "x", { accept: "image/png" }));
  assertEquals(response.headers.get("content-type"), "image/jpeg");
  assertEquals(response.headers.get("server-timing"), "decode;dur=12.3, infer;dur=5.0");
  assertEquals(seen, [{
    ...{ vividness: 0.8, seed: 7, format: "jpeg", quality: 80 },
    points: [{ x: 1.5, y: 2, rgb: [10, 11, 12] }, {
      ...{ x: 3, y: 4, rgb: [255, 255, 255] },
      radiusPx: 7,
    }],
  } as unknown as PictureOptions]);
});

Deno.test("POST /v1/colorize answers 406 when no format is acceptable", async () => {
  const { app } = echoService();
  const response = await app.request(...post("", "x", { accept: "text/html" }));
  await assertProblem(response, 406, "image/png, image/jpeg, image/webp, image/avif");
});
