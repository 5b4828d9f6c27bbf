import { type Context, Hono } from "hono";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { mediaType, OUTPUT_FORMATS } from "../image/encode.ts";
import { addApiPage, apiPagePolicy } from "./api_page.ts";
import { answerColorize, answerColorizeUrl } from "./colorize_route.ts";
import { optionSchemas } from "./colorize_options.ts";
import { addCog } from "./dialects/cog.ts";
import { addHuggingFace } from "./dialects/hugging_face.ts";
import { addOpenInference, isOpenInference } from "./dialects/open_inference.ts";
import { addGuards, type GuardOptions, guardProblem } from "./guards.ts";
import type { Metrics } from "./metrics.ts";
import { answerProblem, ProblemError, problemOf } from "./problem.ts";
import type { Service } from "./service.ts";
import { answerSuggest } from "./suggest_route.ts";
import { addTelemetry, type AppEnv, type RequestLine } from "./telemetry.ts";
import { addWebPage } from "./web_page.ts";

/** What the app is made of. */
export interface AppDeps {
  service: Service;
  maxBodyBytes: number;
  /** Seconds that a request may take which names no time of its own; 60 when left out. */
  timeoutSeconds?: number;
  /** Hosts that pictures may be fetched from; none unless told. */
  fetchHosts?: readonly string[];
  guards?: GuardOptions;
  /** Counts what happens, and is read at /metrics. */
  metrics?: Metrics;
  /** Told of each request. */
  log?: (line: RequestLine) => void;
  /** Told of each failure that is the server's own. */
  logError?: (requestId: string, error: unknown) => void;
}

const TIMEOUT_SECONDS = 60;

const INDEX = `Polychromify colorizes black-and-white photographs.

POST /v1/colorize   a picture as body, or as field "image" of a form
                    answers what Accept prefers of ${OUTPUT_FORMATS.map(mediaType).join(", ")}
                    options, in the query or the form: ${Object.keys(optionSchemas).join(", ")}
POST /v1/suggest    a picture likewise; ?x=0.5&y=0.5, parts of its sides: colors that the place may have
GET  /docs          all of that in detail; GET /openapi.json for programs
GET  /models        the models
POST /v2/models/NAME/infer, /predictions, /hf   the same, as KServe, Cog and Hugging Face ask
GET  /healthz       200 while the process lives
GET  /readyz        200 once the default model is loaded and warm
GET  /metrics       figures for Prometheus

curl --data-binary @photo.jpg -o color.png http://HOST/v1/colorize
`;

/** Builds the HTTP app; it opens no socket and reads no environment. */
export function createApp(
  {
    service,
    maxBodyBytes,
    timeoutSeconds = TIMEOUT_SECONDS,
    fetchHosts = [],
    guards = {},
    metrics,
    log,
    logError = (id, error) => console.error(id, error),
  }: AppDeps,
): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.use(requestId());
  addTelemetry(app, { metrics, log });
  app.use("/docs", apiPagePolicy);
  addGuards(app, guards);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: answerMethodNotAllowed }));
  addStatusRoutes(app, { service, metrics });
  const options = { service, maxBodyBytes, timeoutSeconds, fetchHosts, logError };
  app.post("/v1/colorize", (c) => answerColorize(c, options));
  if (fetchHosts.length > 0) app.get("/v1/colorize", (c) => answerColorizeUrl(c, options));
  app.post("/v1/suggest", (c) => answerSuggest(c, options));
  addApiPage(app, { needsToken: (guards.tokens ?? []).length > 0, fetchHosts });
  addOpenInference(app, options);
  addCog(app, options);
  addHuggingFace(app, options);
  addRefusals(app, logError);
  return app;
}

/** What all routes answer when they cannot. */
function addRefusals(app: Hono<AppEnv>, logError: NonNullable<AppDeps["logError"]>): void {
  app.notFound((c) =>
    answerError(c, new ProblemError(404, `Cannot find ${c.req.path}: there is no such path`))
  );
  app.onError((error, c) => {
    const problem = guardProblem(error) ?? problemOf(error);
    if (problem.status === 500) logError(c.get("requestId"), error);
    return answerError(c, problem);
  });
}

/** Errors of a protocol that has a form of its own have that. */
function answerError(c: Context, problem: ProblemError): Response {
  if (!isOpenInference(c.req.path)) return answerProblem(c, problem);
  c.set("problem", problem);
  const { status, message, headers } = problem;
  return c.json({ error: message }, status as ContentfulStatusCode, headers);
}

/** What tells of the service itself. */
function addStatusRoutes(
  app: Hono<AppEnv>,
  { service, metrics }: { service: Service; metrics: Metrics | undefined },
): void {
  addWebPage(app, { text: INDEX });
  app.get("/healthz", (c) => c.json({ status: "alive" }));
  app.get("/readyz", (c) => {
    const status = service.status();
    if (status.state === "ready") return c.json(status);
    throw new ProblemError(503, `Not ready, ${status.state}: ${status.detail}`);
  });
  app.get("/models", async (c) => {
    return c.json({ default: service.defaultModel, models: await service.models() });
  });
  if (metrics) {
    app.get("/metrics", async (c) => {
      const { type, text } = await metrics.text();
      return c.body(text, 200, { "content-type": type });
    });
  }
}

function answerMethodNotAllowed(c: Context, methods: string[]): Response {
  const allow = methods.join(", ");
  const message = `Cannot ${c.req.method} ${c.req.path}: use ${allow}`;
  return answerError(c, new ProblemError(405, message, { headers: { allow } }));
}
