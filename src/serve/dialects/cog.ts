/**
 * Cog's predictions: the picture as a data URL in, a data URL out. A prediction that is put under an
 * id of the client is made once, however often it is put, and can be canceled.
 * @see https://cog.run/http
 */
import type { Context, Hono } from "hono";
import { mediaType } from "../../image/encode.ts";
import { ProblemError, problemOf } from "../problem.ts";
import { type Job, Jobs, type Prediction } from "./cog_jobs.ts";
import type { Deadline } from "../request_signal.ts";
import type { AppEnv } from "../telemetry.ts";
import {
  colorizeFields,
  type DialectOptions,
  fieldsOf,
  type JsonObject,
  parseObject,
  pictureOfText,
  readCounted,
} from "./json_body.ts";

/** Adds the routes of the dialect. */
export function addCog(app: Hono<AppEnv>, options: DialectOptions): void {
  const jobs = new Jobs();
  app.get("/health-check", (c) => c.json({ status: healthOf(options) }));
  app.post("/predictions", (c) => predict(c, jobs, { id: undefined, options }));
  app.put("/predictions/:id", (c) => predict(c, jobs, { id: c.req.param("id"), options }));
  app.post("/predictions/:id/cancel", (c) => {
    const job = jobs.find(c.req.param("id"));
    if (!job) {
      throw new ProblemError(404, `Cannot cancel ${c.req.param("id")}: there is none of this id`);
    }
    job.cancel.abort(new DOMException("canceled", "AbortError"));
    return c.json({});
  });
}

function healthOf({ service }: DialectOptions): string {
  const { state } = service.status();
  if (state === "ready") return "READY";
  return state === "failed" ? "SETUP_FAILED" : state === "draining" ? "DEFUNCT" : "STARTING";
}

async function predict(
  c: Context<AppEnv>,
  jobs: Jobs,
  { id, options }: { id: string | undefined; options: DialectOptions },
): Promise<Response> {
  const { body, deadline, done } = await readCounted(c.req.raw, options);
  // An asynchronous prediction keeps its place when it is answered; a refusal does not.
  using places = new DisposableStack();
  places.use(done);
  const isAsync = /\brespond-async\b/i.test(c.req.header("prefer") ?? "");
  if (isAsync && id === undefined) {
    const advice = "put it under an id of your own: PUT /predictions/ID";
    throw new ProblemError(422, `Cannot predict while you are away: ${advice}`);
  }
  const request = readRequest(body, id);
  const input = await digest(body);
  const job = findJob(jobs, { id, input }) ??
    startJob(c, { id, input, request, jobs, deadline, options });
  if (isAsync && !job.problem) {
    const kept = places.move();
    job.done.finally(() => {
      kept.dispose();
      if (job.problem?.status === 500) options.logError(c.get("requestId"), job.problem);
    });
    return c.json(job.prediction, 202);
  }
  await job.done;
  if (job.problem) {
    jobs.release(job);
    throw job.problem;
  }
  return c.json(job.prediction);
}

/** The job that was put before under the same id. */
function findJob(
  jobs: Jobs,
  { id, input }: { id: string | undefined; input: string },
): Job | undefined {
  const job = id === undefined ? undefined : jobs.put(id);
  if (job && job.input !== input) {
    throw new ProblemError(422, `Cannot predict ${id}: another input was put under this id`);
  }
  return job;
}

interface JobOptions {
  id: string | undefined;
  input: string;
  request: ReturnType<typeof readRequest>;
  jobs: Jobs;
  deadline: Deadline;
  options: DialectOptions;
}

function startJob(
  c: Context<AppEnv>,
  { id, input, request, jobs, deadline, options }: JobOptions,
): Job {
  const { picture, fields, id: named } = request;
  const prediction: Prediction = {
    id: named ?? crypto.randomUUID(),
    ...{ status: "processing", output: null, error: null, logs: "", metrics: {} },
  };
  const cancel = new AbortController();
  // Only a prediction under an id of the client outlives the client.
  const end = id === undefined
    ? deadline.within(fields.timeout)
    : deadline.withoutClient(fields.timeout);
  const format = fields.format ?? "png";
  const signal = AbortSignal.any([cancel.signal, end]);
  const work = colorizeFields(c, { picture, fields, format, signal }, options);
  const job: Job = { prediction, cancel, input, bytes: 0, endedMs: 0, done: Promise.resolve() };
  const startedMs = performance.now();
  job.done = work.then(({ files }) => {
    const urls = files.map((file) => `data:${mediaType(format)};base64,${file.toBase64()}`);
    Object.assign(prediction, {
      status: "succeeded",
      output: urls.length === 1 ? urls[0]! : urls,
    });
  }).catch((error) => noteFailure(job, error)).finally(() => {
    job.endedMs = performance.now();
    prediction.metrics.predict_time = (job.endedMs - startedMs) / 1000;
    job.bytes = JSON.stringify(prediction.output).length;
    jobs.end(job, { isPut: id !== undefined });
  });
  jobs.begin(job, { isPut: id !== undefined });
  return job;
}

function readRequest(body: Uint8Array, id: string | undefined) {
  const { input, webhook, id: named } = parseObject(body);
  if (named !== undefined && (typeof named !== "string" || (id ?? named) !== named)) {
    const rule = id === undefined ? "must be a text" : `must be that of the path, ${id}`;
    throw new ProblemError(422, `Cannot use id: ${rule}, got ${JSON.stringify(named)}`);
  }
  if (webhook !== undefined) {
    const advice = "this server calls no URLs; wait for the answer";
    throw new ProblemError(422, `Cannot use webhook: ${advice}`);
  }
  const { image, ...others } = Object(input) as JsonObject;
  return {
    picture: pictureOfText(image, "input.image"),
    fields: fieldsOf(others),
    id: id ?? named,
  };
}

function noteFailure(job: Job, error: unknown): void {
  if (job.cancel.signal.aborted) {
    job.prediction.status = "canceled";
    return;
  }
  job.problem = problemOf(error);
  Object.assign(job.prediction, { status: "failed", error: job.problem.message });
}

async function digest(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex();
}
