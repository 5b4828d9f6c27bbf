import { assertEquals } from "@std/assert";
import { dialectPaths } from "../../../src/serve/dialects/openapi_paths.ts";
import { echoService } from "../echo_service.ts";

Deno.test("dialectPaths() names routes that are there, with their parameters", async () => {
  const paths = dialectPaths({ refusals: {}, security: {} });
  const { app } = echoService();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods as object)) {
      const filled = path.replace(/\{\w+\}/g, "mean");
      const response = await app.request(filled, { method: method.toUpperCase() });
      await response.body?.cancel();
      assertEquals(response.status === 405, false, `${method} ${path}`);
      const { parameters } = operation as { parameters: { name: string }[] };
      assertEquals(parameters.length, path.split("{").length - 1);
    }
  }
});
