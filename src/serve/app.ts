import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId, type RequestIdVariables } from "hono/request-id";
import { mediaType, OUTPUT_FORMATS } from "../image/encode.ts";
import { preferredFormat } from "./accept.ts";
import { readColorizeRequest } from "./colorize_request.ts";
import { answerProblem, ProblemError, problemOf } from "./problem.ts";
import type { Service } from "./service.ts";

/** What the app is made of. */
export interface AppDeps {
  service: Service;
  maxBodyBytes: number;
  /** Told of each failure that is the server's own. */
  logError?: (requestId: string, error: unknown) => void;
}

type AppEnv = { Variables: RequestIdVariables };

const INDEX = `Polychromify colorizes black-and-white photographs.

POST /v1/colorize   a picture as body, or as field "image" of a form; ?model=NAME ?size=PX
                    answers what Accept prefers of ${OUTPUT_FORMATS.map(mediaType).join(", ")}
GET  /models        the models
GET  /healthz       200 while the process lives
GET  /readyz        200 once the default model is loaded and warm

curl --data-binary @photo.jpg -o color.png http://HOST/v1/colorize
`;

/** Builds the HTTP app; it opens no socket and reads no environment. */
export function createApp(
  { service, maxBodyBytes, logError = (id, error) => console.error(id, error) }: AppDeps,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(requestId());
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerMethodNotAllowed }));
  app.get("/", (c) => c.text(INDEX));
  app.get("/healthz", (c) => c.json({ status: "alive" }));
  app.get("/readyz", (c) => {
    const status = service.status();
    if (status.state === "ready") return c.json(status);
    throw new ProblemError(503, `Not ready, ${status.state}: ${status.detail}`);
  });
  app.get("/models", async (c) => {
    return c.json({ default: service.defaultModel, models: await service.models() });
  });
  app.post("/v1/colorize", async (c) => {
    const format = preferredFormat(c.req.header("accept"));
    if (!format) {
      const offers = OUTPUT_FORMATS.map(mediaType).join(", ");
      throw new ProblemError(406, `Cannot answer: Accept must allow one of ${offers}`);
    }
    const { picture, ...options } = await readColorizeRequest(c.req.raw, maxBodyBytes);
    const colorized = await service.colorize(picture, { ...options, format });
    const headers = { "content-type": mediaType(format), "vary": "Accept" };
    return c.body(colorized as Uint8Array<ArrayBuffer>, 200, headers);
  });
  app.notFound((c) =>
    answerProblem(c, new ProblemError(404, `Cannot find ${c.req.path}: there is no such path`))
  );
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status === 500) logError(c.get("requestId"), error);
    return answerProblem(c, problem);
  });
  return app;
}

function answerMethodNotAllowed(c: Context, methods: string[]): Response {
  const allow = methods.join(", ");
  const problem = new ProblemError(405, `Cannot ${c.req.method} ${c.req.path}: use ${allow}`);
  return answerProblem(c, problem, { allow });
}
