import { assertEquals, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { addApiPage, apiPagePolicy } from "../../src/serve/api_page.ts";
import { addGuards } from "../../src/serve/guards.ts";
import type { AppEnv } from "../../src/serve/telemetry.ts";
import { browserTest } from "../browser.ts";

browserTest(
  "the page of the API shows every option, and loads nothing from elsewhere",
  async ({ page, problems }) => {
    const app = new Hono<AppEnv>();
    app.use("/docs", apiPagePolicy);
    addGuards(app, {});
    addApiPage(app, { needsToken: true, fetchHosts: [] });
    const server = Deno.serve({ port: 0, onListen: () => {} }, app.fetch);
    const origin = `http://127.0.0.1:${server.addr.port}`;
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.goto(`${origin}/docs`);
    await page.locator("#operations-default-post_v1_colorize").click();
    await page.locator("#api", { hasText: "Colors that are known" }).waitFor();
    const text = await page.locator("#api").innerText();
    for (const part of ["vividness", "Colors that are known", "/readyz"]) {
      assertStringIncludes(text, part);
    }
    const foreign = requests.filter((url) => !url.startsWith(origin) && !url.startsWith("data:"));
    assertEquals(foreign, []);
    assertEquals(problems, []);
    await server.shutdown();
  },
);
