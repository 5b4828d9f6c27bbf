/**
 * Cog's predictions: the picture as a data URL in, a data URL out. A prediction that is put under an
 * id of the client is made once, however often it is put, and can be canceled.
 * @see https://cog.run/http
 */
import type { Context, Hono } from "hono";
import { mediaType } from "../../image/encode.ts";
import { ProblemError, problemOf } from "../problem.ts";
import { requestSignal } from "../request_signal.ts";
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

/** Predictions that are remembered for those who ask again. */
const REMEMBERED = 100;

/** A prediction, as it is answered. */
interface Prediction {
  id: string;
  status: "processing" | "succeeded" | "failed" | "canceled";
  output: string | string[] | null;
  error: string | null;
  logs: string;
  metrics: { predict_time?: number };
}

/** A prediction that runs or has run. */
interface Job {
  prediction: Prediction;
  input: string;
  cancel: AbortController;
  done: Promise<void>;
  problem?: ProblemError;
}

/** Adds the routes of the dialect. */
export function addCog(app: Hono<AppEnv>, options: DialectOptions): void {
  const jobs = new Map<string, Job>();
  app.get("/health-check", (c) => c.json({ status: healthOf(options) }));
  app.post("/predictions", (c) => predict(c, jobs, { id: undefined, options }));
  app.put("/predictions/:id", (c) => predict(c, jobs, { id: c.req.param("id"), options }));
  app.post("/predictions/:id/cancel", (c) => {
    const job = jobs.get(c.req.param("id"));
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
  jobs: Map<string, Job>,
  { id, options }: { id: string | undefined; options: DialectOptions },
): Promise<Response> {
  const { body, done } = await readCounted(c.req.raw, options);
  // An asynchronous prediction keeps its place when it is answered; a refusal does not.
  using places = new DisposableStack();
  places.use(done);
  const waits = !/\brespond-async\b/i.test(c.req.header("prefer") ?? "");
  const job = findJob(jobs, id, body) ?? startJob(c, { id, body, jobs, options });
  if (!waits) {
    const kept = places.move();
    job.done.finally(() => kept.dispose());
    return c.json(job.prediction, 202);
  }
  await job.done;
  if (job.problem) throw job.problem;
  return c.json(job.prediction);
}

/** The job that was put before under the same id. */
function findJob(jobs: Map<string, Job>, id: string | undefined, body: Uint8Array) {
  const job = id === undefined ? undefined : jobs.get(id);
  if (job && job.input !== new TextDecoder().decode(body)) {
    throw new ProblemError(422, `Cannot predict ${id}: another input was put under this id`);
  }
  return job;
}

interface JobOptions {
  id: string | undefined;
  body: Uint8Array;
  jobs: Map<string, Job>;
  options: DialectOptions;
}

function startJob(c: Context<AppEnv>, { id, body, jobs, options }: JobOptions): Job {
  const { picture, fields } = readInput(body);
  const prediction: Prediction = {
    id: id ?? crypto.randomUUID(),
    ...{ status: "processing", output: null, error: null, logs: "", metrics: {} },
  };
  const cancel = new AbortController();
  // Only a prediction under an id of the client outlives the client.
  const ends = id === undefined ? [cancel.signal, requestSignal(c.req.raw)] : [cancel.signal];
  const format = fields.format ?? "png";
  const work = colorizeFields(
    c,
    { picture, fields, format, signal: AbortSignal.any(ends) },
    options,
  );
  const input = new TextDecoder().decode(body);
  const job: Job = { prediction, cancel, input, done: Promise.resolve() };
  const startedMs = performance.now();
  job.done = work.then(({ files }) => {
    const urls = files.map((file) => `data:${mediaType(format)};base64,${file.toBase64()}`);
    Object.assign(prediction, {
      status: "succeeded",
      output: urls.length === 1 ? urls[0]! : urls,
    });
  }).catch((error) => noteFailure(job, error)).finally(() => {
    prediction.metrics.predict_time = (performance.now() - startedMs) / 1000;
  });
  remember(jobs, job);
  return job;
}

function readInput(body: Uint8Array) {
  const { input, webhook } = parseObject(body);
  if (webhook !== undefined) {
    const advice = "this server calls no URLs; wait for the answer";
    throw new ProblemError(422, `Cannot use webhook: ${advice}`);
  }
  const { image, ...others } = Object(input) as JsonObject;
  return { picture: pictureOfText(image, "input.image"), fields: fieldsOf(others) };
}

function noteFailure(job: Job, error: unknown): void {
  if (job.cancel.signal.aborted) {
    job.prediction.status = "canceled";
    return;
  }
  job.problem = problemOf(error);
  Object.assign(job.prediction, { status: "failed", error: job.problem.message });
}

function remember(jobs: Map<string, Job>, job: Job): void {
  jobs.set(job.prediction.id, job);
  for (const [id, { prediction }] of jobs) {
    if (jobs.size <= REMEMBERED) return;
    if (prediction.status !== "processing") jobs.delete(id);
  }
}
