/** The page that people use: plain files, read once, all from here. */
import type { Hono } from "hono";
import type { AppEnv } from "./telemetry.ts";

/** Media types of what lies in `web/`. */
const FILES = {
  "page.css": "text/css",
  "page.js": "text/javascript",
  "api.js": "text/javascript",
  "asking.js": "text/javascript",
  "coloring.js": "text/javascript",
  "photo.js": "text/javascript",
  "point_layer.js": "text/javascript",
  "saving.js": "text/javascript",
} as const;

/** What the page takes from a package lies beside what programs take from it. */
const zipModule = () => new URL("./browser.js", import.meta.resolve("fflate"));

/**
 * Adds the page at `/`, and its files.
 * @param options.text What `/` answers to programs.
 */
export function addWebPage(app: Hono<AppEnv>, { text }: { text: string }): void {
  const read = cached();
  app.get("/", async (c) => {
    c.header("vary", "Accept");
    const wantsPage = /\btext\/html\b/.test(c.req.header("accept") ?? "");
    if (!wantsPage) return c.text(text);
    const page = await read(new URL("./web/index.html", import.meta.url));
    return c.body(page, 200, { "content-type": "text/html; charset=utf-8" });
  });
  const serve = (path: string, type: string, url: () => URL) =>
    app.get(path, async (c) => c.body(await read(url()), 200, { "content-type": type }));
  for (const [name, type] of Object.entries(FILES)) {
    serve(`/web/${name}`, type, () => new URL(`./web/${name}`, import.meta.url));
  }
  serve("/web/fflate.js", "text/javascript", zipModule);
}

function cached(): (url: URL) => Promise<Uint8Array<ArrayBuffer>> {
  const files = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  return (url) => {
    const file = files.get(url.href) ?? Deno.readFile(url);
    files.set(url.href, file);
    file.catch(() => files.delete(url.href));
    return file;
  };
}
