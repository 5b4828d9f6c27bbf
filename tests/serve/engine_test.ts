import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ModelNotFoundError } from "../../src/colorize/model.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { Engine } from "../../src/serve/engine.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import {
  colorize,
  fakeDevice,
  grayPicture,
  modelsDir,
  PNG,
  reached,
  withService,
} from "./made_service.ts";

Deno.test("createService() gets ready once the default model is warm", async () => {
  await withService({}, async (service) => {
    assertEquals(service.status().state, "starting");
    await service.started;
    assertEquals(service.status(), { state: "ready", model: "tiny", device: "test device" });
    service.drain();
    assertEquals(service.status().state, "draining");
  });
});

Deno.test("colorize() lets the device trim its memory after each picture", async () => {
  const { device, trims } = fakeDevice();
  await withService({ device }, async (service) => {
    await service.started;
    const warm = trims();
    const picture = await encodeImage(grayPicture(1), PNG);
    for (let i = 0; i < 3; i++) await colorize(service, picture, PNG);
    assertEquals(trims() - warm, 3);
  });
});

Deno.test("createService() answers 503 when the default model cannot be loaded", async () => {
  await withService({ defaultModel: "untrained" }, async (service) => {
    await assertRejects(() => service.started, ModelNotFoundError);
    assertEquals(service.status().state, "failed");
    const picture = await encodeImage(grayPicture(3), PNG);
    const error = await assertRejects(() => colorize(service, picture, PNG), ProblemError);
    assertEquals(error.status, 503);
    assertStringIncludes(error.message, "deno task train untrained");
  });
});

Deno.test("a lost device answers 503 and ends readiness, until another one is started", async () => {
  const devices = [fakeDevice(), fakeDevice()];
  const starts: unknown[] = [];
  const startDevice = () => Promise.resolve(devices[starts.push(0) - 1]!.device);
  await withService({ startDevice }, async (service) => {
    await service.started;
    devices[0]!.lose(new Error("the GPU fell off"));
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(service.status(), { state: "recovering", detail: "the GPU fell off" });
    const picture = await encodeImage(grayPicture(3), PNG);
    const error = await assertRejects(() => colorize(service, picture, PNG), ProblemError);
    assertEquals([error.status, error.headers["retry-after"]], [503, "2"]);
    await reached(service, "ready");
    assertEquals(sniffFormat(await colorize(service, picture, PNG)), "png");
    assertEquals(starts.length, 2);
  });
});

Deno.test("a device that cannot be started anew is tried again", async () => {
  const devices = [fakeDevice(), fakeDevice()];
  let attempts = 0;
  const startDevice = () => {
    attempts++;
    if (attempts === 2) return Promise.reject(new Error("no adapter"));
    return Promise.resolve(devices[attempts === 1 ? 0 : 1]!.device);
  };
  await withService({ startDevice }, async (service) => {
    await service.started;
    devices[0]!.lose(new Error("lost"));
    await reached(service, "recovering");
    await reached(service, "ready");
    assertEquals(attempts, 3);
  });
});

Deno.test("a device error during a request answers 503, never its zeros", async () => {
  const { device, fail } = fakeDevice();
  let starts = 0;
  const startDevice = () => Promise.resolve(starts++ === 0 ? device : fakeDevice().device);
  await withService({ startDevice }, async (service) => {
    await service.started;
    fail(new Error("out of memory"));
    const picture = await encodeImage(grayPicture(3), PNG);
    const error = await assertRejects(() => colorize(service, picture, PNG), ProblemError);
    assertEquals([error.status, service.status().state], [503, "recovering"]);
    await reached(service, "ready");
  });
});

Deno.test("a service that requires a GPU never gets ready without one", async () => {
  await withService({ requireGpu: true }, async (service) => {
    await assertRejects(() => service.started, Error, "a GPU is required, got test device");
    assertEquals(service.status().state, "failed");
  });
});

Deno.test("version() tells models apart, and names the device", async () => {
  await withService({}, async (service) => {
    const [tiny, mean] = [await service.version(undefined), await service.version("mean")];
    assertNotEquals(tiny, mean);
    assertEquals(await service.version("tiny"), tiny);
    assertStringIncludes(tiny, "wasm test device");
    await assertRejects(() => service.version("nothing"), ModelNotFoundError);
  });
});

Deno.test("other work ends with its signal, also while it waits for its turn", async () => {
  const { device } = fakeDevice();
  const engine = new Engine({
    ...{ modelsDir, defaultModel: "tiny", startDevice: () => Promise.resolve(device) },
  });
  const model = await engine.load("tiny");
  const copy = { small: { widthPx: 8, heightPx: 8 } };
  const first = Promise.withResolvers<string>();
  const busy = engine.run(model, copy, () => first.promise, undefined);
  const leave = new AbortController();
  let ran = false;
  const waiting = engine.run(model, copy, () => Promise.resolve(ran = true), leave.signal);
  leave.abort(new Error("gone"));
  await assertRejects(() => waiting, Error, "gone");
  first.resolve("done");
  assertEquals([await busy, ran], ["done", false]);
  const gone = AbortSignal.abort(new Error("gone before"));
  await assertRejects(
    () => engine.run(model, copy, () => Promise.resolve(1), gone),
    Error,
    "gone before",
  );
});

Deno.test("colors by hand need no device", async () => {
  const startDevice = () => Promise.reject(new Error("no device"));
  await withService({ startDevice }, async (service) => {
    await assertRejects(() => service.started, Error, "no device");
    const picture = await encodeImage(grayPicture(1), PNG);
    const points = [{ x: 3, y: 4, rgb: [120, 40, 30] as const }];
    const source = { kind: "spread", method: "geodesic", strokes: undefined } as const;
    const options = { ...PNG, points, source: { ...source, keepsRest: false } };
    assertEquals(sniffFormat(await colorize(service, picture, options)), "png");
  });
});
