/** A page that shows the API's description; everything that it loads comes from here. */
import type { Hono, MiddlewareHandler } from "hono";
import { type ApiOptions, openApiDocument } from "./openapi.ts";
import type { AppEnv } from "./telemetry.ts";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Polychromify: the API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", validatorUrl: null });\n`;

/** Swagger UI sets styles of elements, and draws its icons from data URLs. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What may be loaded of the package. */
const FILES: Record<string, string> = {
  "swagger-ui.css": "text/css",
  "swagger-ui-bundle.js": "text/javascript",
};

/** Adds `/openapi.json` and `/docs`. */
export function addApiPage(app: Hono<AppEnv>, options: ApiOptions): void {
  const document = openApiDocument(options);
  app.get("/openapi.json", (c) => c.json(document));
  app.get("/docs", (c) => c.html(PAGE));
  app.get("/docs/start.js", (c) => c.body(START, 200, { "content-type": "text/javascript" }));
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`/docs/${name}`, async (c) => {
      const file = await Deno.readFile(new URL(import.meta.resolve(`swagger-ui-dist/${name}`)));
      return c.body(file, 200, { "content-type": type, "cache-control": "max-age=3600" });
    });
  }
}

/** Gives the page the policy that it needs; to be added before the guards, which set a stricter one. */
export const apiPagePolicy: MiddlewareHandler = async (c, next) => {
  await next();
  c.res.headers.set("content-security-policy", POLICY);
};
