/** Pictures whose colors come from a person or another picture, through the API. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Image } from "imagescript";
import { predictColors } from "../../src/colorize/colorize_image.ts";
import { loadModel } from "../../src/colorize/model.ts";
import { propagateColors } from "../../src/colorize/propagate_colors.ts";
import { seedsByHand } from "../../src/colorize/seeds_by_hand.ts";
import { transferColors, type TransferOptions } from "../../src/colorize/transfer_colors.ts";
import { decodeImage } from "../../src/image/decode.ts";
import { encodeImage } from "../../src/image/encode.ts";
import { createApp } from "../../src/serve/app.ts";
import { paintScene, SCENE_PALETTES } from "../colorize/made_scene.ts";
import { makePaletteFolder } from "../colorize/palette_model.ts";
import { assertProblem } from "./echo_service.ts";
import { grayPicture, PNG, withService } from "./made_service.ts";

const modelsDir = await makePaletteFolder();
addEventListener("unload", () => Deno.removeSync(modelsDir, { recursive: true }));

const PICTURE = grayPicture(5, { widthPx: 90, heightPx: 70 });
const REFERENCE = paintScene(SCENE_PALETTES.sunset, { seed: 1 });
const POINTS = [{ x: 20, y: 30, color: "#a04030" }, { x: 70, y: 40, color: "#3060a0" }];
const SEEDS = POINTS.map(({ x, y, color }) => ({
  ...{ x, y },
  rgb: [...Uint8Array.fromHex(color.slice(1))] as [number, number, number],
}));

type Ask = (
  fields: Record<string, unknown>,
  files?: Record<string, Image | string>,
) => Promise<Response>;

/** Runs a test on the API; fields and files go as a form. */
async function withApi(test: (ask: Ask) => Promise<void>): Promise<void> {
  await withService({ modelsDir, defaultModel: "palette" }, async (service) => {
    const app = createApp({ service, maxBodyBytes: 1e6 });
    await test(async (fields, files = {}) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) {
        form.set(name, typeof value === "string" ? value : JSON.stringify(value));
      }
      for (const [name, file] of Object.entries({ image: PICTURE, ...files })) {
        const bytes = typeof file === "string" ? file : await encodeImage(file, PNG);
        form.set(name, new File([bytes as Uint8Array<ArrayBuffer>], name));
      }
      return await app.request("/v1/colorize", { method: "POST", body: form });
    });
  });
}

async function assertPicture(response: Response, expected: Image): Promise<void> {
  assertEquals(response.status, 200, response.ok ? "" : await response.clone().text());
  assertEquals((await decodeImage(await response.bytes())).bitmap, expected.bitmap);
}

/** The picture with some of its pixels painted, the others clear. */
function strokes(): Image {
  const painted = PICTURE.clone();
  painted.bitmap.fill(0);
  for (let x = 10; x < 40; x++) painted.bitmap.set([20, 140, 60, 255], 4 * (50 * 90 + x));
  return painted;
}

Deno.test("method spreads the colors of points and strokes as the command does", () =>
  withApi(async (ask) => {
    for (const method of ["geodesic", "optimization"] as const) {
      const seeds = seedsByHand(PICTURE, { points: SEEDS });
      const expected = propagateColors(PICTURE, { method, seeds });
      await assertPicture(await ask({ method, points: POINTS }), expected);
    }
    const seeds = seedsByHand(PICTURE, { points: SEEDS, strokes: strokes() });
    const painted = propagateColors(PICTURE, { method: "geodesic", seeds });
    const asked = { method: "geodesic", points: POINTS };
    await assertPicture(await ask(asked, { strokes: strokes() }), painted);
  }));

Deno.test("keep_rest corrects what the network predicts, hints or not, and as vivid as asked", () =>
  withApi(async (ask) => {
    const palette = await loadModel(modelsDir, "palette");
    const seeds = seedsByHand(PICTURE, { points: SEEDS });
    const base = await predictColors(PICTURE, palette, { vividness: 1 });
    const expected = propagateColors(PICTURE, { method: "geodesic", seeds, base });
    const asked = { method: "geodesic", keep_rest: true, points: POINTS };
    await assertPicture(await ask({ ...asked, vividness: 1 }), expected);
    // A network that takes no hints is corrected, too.
    assertEquals((await ask({ ...asked, model: "gray" })).status, 200);
    palette.network.dispose();
  }));

Deno.test("reference gives its colors, by features or by Welsh's transfer", () =>
  withApi(async (ask) => {
    const model = await loadModel(modelsDir, "palette");
    const swatch = { target: [0, 0, 20, 30], reference: [60, 50, 30, 30] };
    const part = ([x, y, widthPx, heightPx]: number[]) => ({
      ...{ x: x!, y: y!, widthPx: widthPx!, heightPx: heightPx! },
    });
    const swatches = [{ target: part(swatch.target), source: part(swatch.reference) }];
    const cases: [Record<string, unknown>, TransferOptions][] = [
      [{}, { transfer: "features", model, seed: 0 }],
      [{ size: 32, transfer: "features" }, { transfer: "features", model, seed: 0, sizePx: 32 }],
      [{ transfer: "welsh", seed: 4 }, { transfer: "welsh", seed: 4 }],
      [{ transfer: "welsh", swatches: [swatch] }, { transfer: "welsh", seed: 0, swatches }],
    ];
    for (const [fields, options] of cases) {
      const expected = await transferColors(PICTURE, REFERENCE, options);
      await assertPicture(await ask(fields, { reference: REFERENCE }), expected);
    }
    model.network.dispose();
  }));

Deno.test("what comes beside a picture is part of the tag", () =>
  withApi(async (ask) => {
    const other = paintScene(SCENE_PALETTES.summer, { seed: 2 });
    const tags: string[] = [];
    for (const reference of [REFERENCE, other, REFERENCE]) {
      for (const seed of [0, 1]) {
        tags.push((await ask({ transfer: "welsh", seed }, { reference })).headers.get("etag")!);
      }
    }
    assertEquals(tags.slice(0, 2), tags.slice(4));
    assertEquals(new Set(tags).size, 4);
    const spread = { method: "geodesic", points: POINTS };
    const [one, same, others] = [
      await ask({ points: POINTS }),
      await ask({ points: POINTS, method: "network", keep_rest: false }),
      await ask(spread),
    ].map(({ headers }) => headers.get("etag"));
    assertEquals(one, same);
    assertNotEquals(one, others);
  }));

Deno.test("what does not fit a picture, or is none, is refused by name", () =>
  withApi(async (ask) => {
    const spread = { method: "geodesic", points: POINTS };
    const features = { reference: REFERENCE };
    const outside = [{ target: [80, 0, 20, 30], reference: [0, 0, 9, 9] }];
    const cases: [Record<string, unknown>, Parameters<Ask>[1], number, string][] = [
      [spread, { strokes: REFERENCE }, 422, "must have the picture's size, 90 x 70, got 120 x 90"],
      [{ ...spread, points: [{ x: 90, y: 0, color: "#102030" }] }, {}, 422, "got 90"],
      [spread, { strokes: "no picture" }, 415, "Cannot decode the strokes"],
      [{}, { reference: "no picture" }, 415, "Cannot decode the reference"],
      [{}, { reference: grayPicture(1) }, 422, "the reference must have colors"],
      [{ transfer: "welsh", swatches: outside }, features, 422, "part of the target must lie in"],
      [{ model: "gray" }, features, 422, "Cannot use reference with model gray"],
      [{ reference: "a.jpg" }, {}, 400, "field reference must be one file"],
      [{ swatches: "[[1]]" }, features, 422, "option swatches: must be a JSON list"],
      [{ keep_rest: "yes" }, {}, 422, 'option keep_rest: must be true or false, got "yes"'],
    ];
    for (const [fields, files, status, detail] of cases) {
      await assertProblem(await ask(fields, files), status, detail);
    }
    const { status } = await ask(spread);
    assert(status === 200, `goes on: ${status}`);
  }));
