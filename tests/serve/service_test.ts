import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Image } from "imagescript";
import { colorizeImage } from "../../src/colorize/colorize_image.ts";
import { loadModel, ModelNotFoundError } from "../../src/colorize/model.ts";
import { suggestAt } from "../../src/colorize/uncertainty.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { ImageError } from "../../src/image/errors.ts";
import { sniffFormat } from "../../src/image/sniff.ts";
import { createApp } from "../../src/serve/app.ts";
import { ProblemError } from "../../src/serve/problem.ts";
import { createService } from "../../src/serve/service.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";
import { makePaletteFolder } from "../colorize/palette_model.ts";
import { colorize, fakeDevice, grayPicture, modelsDir, PNG, withService } from "./made_service.ts";

Deno.test("colorize() answers 20 concurrent pictures each with its own colors", async () => {
  await withService({}, async (service) => {
    const app = createApp({ service, maxBodyBytes: 1e6 });
    const tiny = await loadModel(modelsDir, "tiny");
    const pictures = [...Array(20).keys()].map((number) => grayPicture(number));
    const expected: Image[] = [];
    for (const picture of pictures) expected.push(await colorizeImage(picture, tiny));
    const answers = await Promise.all(pictures.map(async (picture) => {
      const body = await encodeImage(picture, PNG) as Uint8Array<ArrayBuffer>;
      return await (await app.request("/v1/colorize", { method: "POST", body })).bytes();
    }));
    for (const [number, answer] of answers.entries()) {
      const image = await decodeImage(answer);
      assertEquals(image.bitmap, expected[number]!.bitmap, `picture ${number}`);
    }
    tiny.network.dispose();
  });
});

Deno.test("colorize() goes on between bad pictures", async () => {
  await withService({}, async (service) => {
    const good = await encodeImage(grayPicture(1), PNG);
    const tasks = [...Array(30).keys()].map((number) =>
      colorize(service, number % 3 === 0 ? good : good.slice(0, 200 * (number % 3)), PNG)
    );
    const results = await Promise.allSettled(tasks);
    for (const [number, result] of results.entries()) {
      assertEquals(result.status, number % 3 === 0 ? "fulfilled" : "rejected");
      if (result.status === "rejected") assertEquals(result.reason instanceof ImageError, true);
    }
  });
});

Deno.test("colorize() takes model, size and format", async () => {
  await withService({}, async (service) => {
    const picture = await encodeImage(grayPicture(3), PNG);
    const answers = [
      await colorize(service, picture, { ...PNG }),
      await colorize(service, picture, { ...PNG, model: "mean" }),
      await colorize(service, picture, { ...PNG, sizePx: 24 }),
    ].map((bytes) => bytes.join());
    assertEquals(new Set(answers).size, 3);
    const webp = await colorize(service, picture, { format: "webp" });
    assertEquals(sniffFormat(webp), "webp");
  });
});

Deno.test("colorize() refuses unknown models and pictures over the limit", async () => {
  await withService({}, async (service) => {
    const picture = await encodeImage(grayPicture(3), PNG);
    await assertRejects(
      () => colorize(service, picture, { ...PNG, model: "nothing" }),
      ModelNotFoundError,
      "mean, tiny, untrained",
    );
    const large = await encodeImage(new Image(501, 500), PNG);
    await assertRejects(() => colorize(service, large, PNG), ImageError, "501 x 500");
  });
});

Deno.test("colorize() loads a model at the next request after it could not", async () => {
  const dir = await makeModelsFolder();
  const startDevice = () => Promise.resolve(fakeDevice().device);
  const service = createService({ modelsDir: dir, defaultModel: "mean", limits: {}, startDevice });
  const picture = await encodeImage(grayPicture(3), PNG);
  const options = { ...PNG, model: "untrained" };
  await assertRejects(() => service.colorize(picture, options), ModelNotFoundError);
  const weights = "weights.safetensors";
  await Deno.copyFile(`${dir}/tiny/${weights}`, `${dir}/untrained/${weights}`);
  await service.colorize(picture, options);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("colorize() gives a palette's candidates, points and vividness, the same for the same", async () => {
  const folder = await makePaletteFolder();
  await withService({ modelsDir: folder, defaultModel: "palette" }, async (service) => {
    const picture = await encodeImage(grayPicture(5), PNG);
    const options = { ...PNG, candidates: 3, seed: 4 };
    const { files, ms } = await service.colorize(picture, options);
    assertEquals(files.length, 3);
    assertEquals(new Set(files.map((file) => file.join())).size, 3);
    assertEquals(Object.keys(ms).sort(), [
      ...["decode", "encode", "infer", "paint", "prepare", "wait"],
    ]);
    assertEquals((await service.colorize(picture, options)).files, files);
    const image = await decodeImage(picture);
    const loaded = await loadModel(folder, "palette");
    for (
      const given of [{ vividness: 1 }, { points: [{ x: 9, y: 9, rgb: [90, 60, 60] as const }] }]
    ) {
      const own = await decodeImage(await colorize(service, picture, { ...PNG, ...given }));
      assertEquals(own.bitmap, (await colorizeImage(image, loaded, given)).bitmap);
    }
    loaded.network.dispose();
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("suggest() gives the colors that the model suggests for the place", async () => {
  const folder = await makePaletteFolder();
  await withService({ modelsDir: folder, defaultModel: "palette" }, async (service) => {
    const picture = grayPicture(5);
    const file = await encodeImage(picture, PNG);
    const colors = await service.suggest(file, { x: 0.5, y: 0.25, count: 4 });
    const loaded = await loadModel(folder, "palette");
    const place = { x: picture.width / 2 - 0.5, y: picture.height / 4 - 0.5, count: 4 };
    const expected = await suggestAt(picture, loaded, place);
    assertEquals(colors.map(({ share }) => share), expected.map(({ share }) => share));
    loaded.network.dispose();
  });
  await withService({}, async (service) => {
    const file = await encodeImage(grayPicture(5), PNG);
    const place = { x: 0, y: 0, count: 1 };
    await assertRejects(() => service.suggest(file, place), ProblemError, "got tiny");
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("colorize() refuses with 422 what does not fit the model or the picture", async () => {
  await withService({}, async (service) => {
    const picture = await encodeImage(grayPicture(3), PNG);
    const error = await assertRejects(
      () => service.colorize(picture, { ...PNG, vividness: 1, candidates: 2 }),
      ProblemError,
      "Cannot use vividness, candidates with model tiny",
    );
    assertEquals(error.status, 422);
  });
});

Deno.test("colorize() ends when its signal does", async () => {
  await withService({}, async (service) => {
    await service.started;
    const picture = await encodeImage(grayPicture(3), PNG);
    const signal = AbortSignal.abort(new Error("gone"));
    await assertRejects(() => service.colorize(picture, { ...PNG, signal }), Error, "gone");
    assertEquals(sniffFormat(await colorize(service, picture, PNG)), "png");
  });
});

Deno.test("admit() refuses what is over the limit", async () => {
  await withService({ admission: { maxRequests: 1 } }, (service) => {
    const ticket = service.admit();
    assertThrows(() => service.admit(), ProblemError, "1 requests are at hand");
    ticket[Symbol.dispose]();
    service.admit();
    return Promise.resolve();
  });
});

Deno.test("a draining service still finishes requests", async () => {
  await withService({}, async (service) => {
    await service.started;
    service.drain();
    const picture = await encodeImage(grayPicture(3), PNG);
    assertEquals(sniffFormat(await colorize(service, picture, PNG)), "png");
  });
});
