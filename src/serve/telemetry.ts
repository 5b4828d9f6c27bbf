/** What operators see of each request: a log line, figures, and spans where OpenTelemetry is on. */
import { context, propagation, SpanKind, trace } from "@opentelemetry/api";
import type { Context, Hono } from "hono";
import { routePath } from "hono/route";
import type { RequestIdVariables } from "hono/request-id";
import type { Metrics } from "./metrics.ts";
import type { ProblemError } from "./problem.ts";
import type { RequestMs } from "./service.ts";

/** What routes leave for the log. */
export interface TelemetryVariables {
  /** The refusal that was answered. */
  problem?: ProblemError;
  /** Stages of a colorization. */
  stages?: RequestMs;
}

export type AppEnv = { Variables: RequestIdVariables & TelemetryVariables };

/** One request, as a line of JSON. */
export interface RequestLine {
  time: string;
  requestId: string;
  method: string;
  path: string;
  status: number;
  ms: number;
  problem?: string;
  stages?: RequestMs;
}

/** Where it goes. */
export interface TelemetryOptions {
  metrics?: Metrics | undefined;
  log?: ((line: RequestLine) => void) | undefined;
}

const TRACER = trace.getTracer("polychromify");
/** The order in which a colorization passes them. */
const STAGES = ["wait", "decode", "prepare", "infer", "paint", "encode"] as const;

/** Watches every route that follows. */
export function addTelemetry(app: Hono<AppEnv>, { metrics, log }: TelemetryOptions): void {
  app.use((c, next) => inServerSpan(c, next));
  app.use(async (c, next) => {
    const startedMs = Date.now();
    const clockMs = performance.now();
    await next();
    const ms = performance.now() - clockMs;
    const { problem, stages } = c.var;
    const route = routeOf(c);
    metrics?.noteAnswer({
      ...{ route, status: c.res.status, ms },
      ...(problem && { reason: problem.title }),
    });
    if (stages) metrics?.noteStages(stages);
    traceStages(stages ?? {}, { route, startedMs });
    log?.({
      time: new Date(startedMs).toISOString(),
      requestId: c.get("requestId"),
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      ms: rounded(ms),
      ...(problem && { problem: problem.message }),
      ...(stages && { stages: roundedAll(stages) }),
    });
  });
}

/** The pattern of the route, so that clients cannot make up ever new names. */
function routeOf(c: Context): string {
  const pattern = routePath(c, -1);
  return pattern === "*" || pattern === "/*" ? "other" : pattern;
}

/**
 * Under `deno serve` each request has a span already; under node:http it gets one here.
 * @see OpenTelemetry semantic conventions, HTTP spans.
 */
async function inServerSpan(c: Context, work: () => Promise<void>): Promise<void> {
  if (trace.getActiveSpan()) return await work();
  const { method, path } = c.req;
  const parent = propagation.extract(context.active(), Object.fromEntries(c.req.raw.headers));
  const attributes = { "http.request.method": method, "url.path": path };
  const options = { kind: SpanKind.SERVER, attributes };
  await TRACER.startActiveSpan(method, options, parent, async (span) => {
    await work();
    span.setAttribute("http.response.status_code", c.res.status);
    span.end();
  });
}

/** The request's span knows neither its route nor what happens inside. */
function traceStages(
  stages: RequestMs,
  { route, startedMs }: { route: string; startedMs: number },
): void {
  trace.getActiveSpan()?.setAttribute("http.route", route);
  let startTime = startedMs;
  for (const stage of STAGES) {
    const spent = stages[stage];
    if (spent === undefined) continue;
    TRACER.startSpan(stage, { startTime }).end(startTime + spent);
    startTime += spent;
  }
}

function rounded(ms: number): number {
  return Math.round(10 * ms) / 10;
}

function roundedAll(stages: RequestMs): RequestMs {
  return Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [stage, rounded(ms)]));
}
