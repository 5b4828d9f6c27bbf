import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { Image } from "imagescript";
import { startBackend } from "../../src/backend/start.ts";
import { encodeImage } from "../../src/image/encode.ts";
import type { ProblemError } from "../../src/serve/problem.ts";
import { createService } from "../../src/serve/service.ts";
import { makeModelsFolder } from "../colorize/model_folder.ts";
import { webgpuTest } from "../webgpu.ts";

webgpuTest(
  "a GPU that is lost amid requests answers each with 503, none with zeros, and is replaced",
  async () => {
    const modelsDir = await makeModelsFolder();
    const service = createService({
      modelsDir,
      defaultModel: "tiny",
      limits: {},
      startDevice: () => startBackend("webgpu"),
    });
    await service.started;
    const picture = await encodeImage(new Image(70, 50).fill(0x777777ff), { format: "png" });
    const { files: [before] } = await service.colorize(picture, { format: "png" });
    const tasks = [1, 2, 3].map(() => service.colorize(picture, { format: "png" }));
    (tf.backend() as WebGPUBackend).device.destroy();
    for (const result of await Promise.allSettled(tasks)) {
      assertEquals(result.status === "rejected" && (result.reason as ProblemError).status, 503);
    }
    assertEquals(service.status().state, "recovering");
    while (service.status().state !== "ready") {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { files: [after] } = await service.colorize(picture, { format: "png" });
    assertEquals(after, before);
    await service.stop();
    await Deno.remove(modelsDir, { recursive: true });
  },
);
