/** `deno task serve`: serves colorization over HTTP. */
import { BACKEND_CHOICES, startBackend } from "../src/backend/start.ts";
import { SERVICE_LIMITS } from "../src/image/limits.ts";
import { createApp } from "../src/serve/app.ts";
import { yieldToEventLoop } from "../src/serve/event_loop.ts";
import type { GuardOptions } from "../src/serve/guards.ts";
import { Metrics } from "../src/serve/metrics.ts";
import { createService, type Service } from "../src/serve/service.ts";
import type { RequestLine } from "../src/serve/telemetry.ts";
import { BACKEND_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, numberFlag, textFlag, textFlags } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";
import { readTokens } from "./command/tokens.ts";
import { listen, type Listening } from "./serve/listen.ts";

const COMMAND: Command = {
  name: "serve",
  summary: "Serves colorization over HTTP; GET / tells the routes.",
  positionals: "",
  flags: {
    port: { type: "string", value: "N", help: "default: $PORT, else 8000; 0 takes a free one" },
    host: { type: "string", value: "ADDRESS", default: "0.0.0.0", help: "address to listen on" },
    model: { type: "string", value: "NAME", default: "palette", help: "default model" },
    models: MODELS_FLAG,
    backend: BACKEND_FLAG,
    "max-body-mb": { type: "string", value: "MB", default: "32", help: "largest request" },
    "max-megapixels": { type: "string", value: "MP", default: "40", help: "largest picture" },
    "max-requests": {
      type: "string",
      value: "N",
      default: "64",
      help: "at hand at the same time; others get 503",
    },
    timeout: { type: "string", value: "S", default: "60", help: "seconds that a request may take" },
    processes: {
      type: "string",
      value: "N",
      help: "that decode and encode (default: the processor's cores, at most 4)",
    },
    batch: { type: "string", value: "N", default: "8", help: "most pictures of one run, up to 15" },
    "batch-window": {
      type: "string",
      value: "MS",
      default: "4",
      help: "how long a picture waits for others that are being decoded",
    },
    warm: {
      type: "string",
      value: "PX,PX",
      help: "sizes that are run once before the service is ready (default: the model's)",
    },
    "token-file": {
      type: "string",
      value: "FILE",
      help: "let in only who has one of these bearer tokens, one a line",
    },
    rate: { type: "string", value: "N", help: "requests that a client may send in a minute" },
    cors: {
      type: "string",
      value: "ORIGIN",
      multiple: true,
      help: "pages of this origin may ask; several",
    },
    "allow-fetch-from": {
      type: "string",
      value: "HOST[:PORT]",
      multiple: true,
      help: "GET /v1/colorize?url= may fetch pictures from this host; several; none unless told",
    },
    log: {
      type: "string",
      value: "HOW",
      default: "json",
      help: "json: a line for each request on stdout; none",
    },
    "require-gpu": { type: "boolean", help: "never get ready without one; also REQUIRE_GPU=1" },
    grace: {
      type: "string",
      value: "S",
      default: "0",
      help: "seconds between SIGTERM, when /readyz turns 503, and the last new request",
    },
  },
  examples: [
    "deno task serve",
    "deno task serve --port 9000 --host 127.0.0.1 --backend wasm",
    "deno task serve --require-gpu --grace 5   # behind a load balancer",
    "curl --data-binary @photo.jpg -o color.png http://localhost:8000/v1/colorize",
  ],
};

/** The first picture of a batch waits for the last. */
const MOST_BATCH = 15;

const LOG_CHOICES = ["json", "none"] as const;

/** A request that hangs, such as an upload that stalls, holds up the exit no longer than this. */
const DRAIN_DEADLINE_MS = 25_000;

await runCommand(COMMAND, async (args) => {
  const startedMs = performance.now();
  const port = portSetting(args);
  const graceMs = 1000 * numberFlag(args, "grace", { min: 0, below: 600 })!;
  const { service, app } = await startApp(args);
  const server = await listen({ port, hostname: textFlag(args, "host")!, fetch: app.fetch });
  // What listens goes on; from here on this process can reach nobody, unless hosts are named.
  if (textFlags(args, "allow-fetch-from").length === 0) {
    await Deno.permissions.revoke({ name: "net" });
  }
  const stopped = new Promise<void>((resolve) => {
    onStopSignals((signal) => resolve(drain(server, service, signal === "SIGTERM" ? graceMs : 0)));
  });
  try {
    await service.started;
    console.error(`ready after ${Math.round(performance.now() - startedMs)} ms`);
    await stopped;
  } finally {
    await service.stop();
  }
});

async function startApp(args: Arguments) {
  const maxBodyBytes = numberFlag(args, "max-body-mb")! * 1e6;
  const log = choiceFlag(args, "log", LOG_CHOICES);
  const guards = await guardSettings(args);
  const timeoutSeconds = numberFlag(args, "timeout", { below: 3600 })!;
  const metrics: Metrics = new Metrics({
    depth: () => service.depth(),
    memoryBytes: () => service.memoryBytes(),
    status: () => service.status(),
    device: () => service.device(),
  });
  const service = createService({
    ...serviceSettings(args),
    limits: {
      ...SERVICE_LIMITS,
      ...{ maxBytes: maxBodyBytes, maxPixels: numberFlag(args, "max-megapixels")! * 1e6 },
    },
    onBatch: (size) => metrics.noteBatch(size),
  });
  const app = createApp({
    ...{ service, maxBodyBytes, guards, metrics, timeoutSeconds },
    fetchHosts: fetchHosts(args),
    ...(log === "json" && { log: (line: RequestLine) => console.log(JSON.stringify(line)) }),
  });
  return { service, app };
}

function serviceSettings(args: Arguments) {
  const processes = integerFlag(args, "processes", { max: 64 });
  const backend = choiceFlag(args, "backend", BACKEND_CHOICES)!;
  return {
    modelsDir: textFlag(args, "models")!,
    defaultModel: textFlag(args, "model")!,
    startDevice: async () => {
      const device = await startBackend(backend);
      console.error(`device: ${device.description} (${device.reason})`);
      device.lost.then((error) => console.error(`serve: ${error.message}`));
      return device;
    },
    admission: { maxRequests: integerFlag(args, "max-requests")! },
    ...(processes !== undefined && { processes }),
    maxBatch: integerFlag(args, "batch", { max: MOST_BATCH })!,
    batchWindowMs: numberFlag(args, "batch-window", { min: 0, below: 1000 })!,
    ...warmSizes(textFlag(args, "warm")),
    requireGpu: args.values["require-gpu"] === true || Deno.env.get("REQUIRE_GPU") === "1",
  };
}

async function guardSettings(args: Arguments): Promise<GuardOptions> {
  const path = textFlag(args, "token-file");
  return {
    ...(path !== undefined && { tokens: await readTokens(path) }),
    requestsPerMinute: integerFlag(args, "rate"),
    corsOrigins: textFlags(args, "cors").map(checkOrigin),
  };
}

/** As an address has them: HOST, or HOST:PORT where the port is not that of its protocol. */
function fetchHosts(args: Arguments): string[] {
  return textFlags(args, "allow-fetch-from").map((host) => {
    if (URL.parse(`http://${host}`)?.host === host.toLowerCase()) return host.toLowerCase();
    throw new UsageError(`Cannot use --allow-fetch-from: must be HOST or HOST:PORT, got ${host}`);
  });
}

function checkOrigin(origin: string): string {
  if (URL.parse(origin)?.origin === origin) return origin;
  throw new UsageError(`Cannot use --cors: must be an origin, https://HOST, got ${origin}`);
}

function warmSizes(text: string | undefined): { warmSizesPx?: number[] } {
  if (text === undefined) return {};
  const warmSizesPx = text.split(",").map((part) => {
    const sizePx = Number(part);
    if (/^\d+$/.test(part) && sizePx >= 8 && sizePx <= 512 && sizePx % 2 === 0) return sizePx;
    throw new UsageError(`Cannot use --warm: must be even sizes, 8 to 512, got ${text}`);
  });
  return { warmSizesPx };
}

/** Calls back at the first SIGTERM or SIGINT; the second ends the process at once. */
function onStopSignals(stop: (signal: Deno.Signal) => void): void {
  let isStopping = false;
  const listen = (signal: Deno.Signal) =>
    Deno.addSignalListener(signal, () => {
      if (isStopping) Deno.exit(1);
      isStopping = true;
      stop(signal);
    });
  listen("SIGINT");
  if (Deno.build.os !== "windows") listen("SIGTERM");
}

/** Is not ready any more, takes requests for some more time, then finishes those at hand. */
async function drain(server: Listening, service: Service, graceMs: number): Promise<void> {
  console.error("stopping: finishing the requests at hand");
  service.drain();
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  const timer = setTimeout(() => {
    console.error(`serve: Cannot stop in time: requests must end in ${DRAIN_DEADLINE_MS} ms`);
    Deno.exit(1);
  }, DRAIN_DEADLINE_MS);
  await yieldToEventLoop(); // takes in what has connected already
  await server.shutdown();
  clearTimeout(timer);
}

function portSetting(args: Arguments): number {
  const flag = integerFlag(args, "port", { min: 0, max: 65_535 });
  if (flag !== undefined) return flag;
  const text = Deno.env.get("PORT") || "8000";
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UsageError(`Cannot use PORT: must be a whole number, 0 to 65535, got ${text}`);
  }
  return port;
}
