/** `deno task serve`: serves colorization over HTTP. */
import { BACKEND_CHOICES, startBackend } from "../src/backend/start.ts";
import { createApp } from "../src/serve/app.ts";
import { yieldToEventLoop } from "../src/serve/event_loop.ts";
import { createService, type Service } from "../src/serve/service.ts";
import { BACKEND_FLAG, MODELS_FLAG } from "./command/common_flags.ts";
import { choiceFlag, integerFlag, numberFlag, textFlag } from "./command/flags.ts";
import { type Arguments, type Command, runCommand, UsageError } from "./command/run.ts";

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
  },
  examples: [
    "deno task serve",
    "deno task serve --port 9000 --host 127.0.0.1 --backend wasm",
    "curl --data-binary @photo.jpg -o color.png http://localhost:8000/v1/colorize",
  ],
};

/** A request that hangs, such as an upload that stalls, holds up the exit no longer than this. */
const DRAIN_DEADLINE_MS = 25_000;

await runCommand(COMMAND, async (args) => {
  const startedMs = performance.now();
  const port = portSetting(args);
  const maxBytes = numberFlag(args, "max-body-mb")! * 1e6;
  const maxPixels = numberFlag(args, "max-megapixels")! * 1e6;
  const backend = choiceFlag(args, "backend", BACKEND_CHOICES)!;
  const service = createService({
    modelsDir: textFlag(args, "models")!,
    defaultModel: textFlag(args, "model")!,
    limits: { maxBytes, maxPixels },
    startDevice: async () => {
      const device = await startBackend(backend);
      console.error(`device: ${device.description} (${device.reason})`);
      device.lost.then((error) => console.error(`serve: ${error.message}`));
      return device;
    },
  });
  const app = createApp({ service, maxBodyBytes: maxBytes });
  const server = listen(app.fetch, { port, hostname: textFlag(args, "host")! });
  const stopped = new Promise<void>((resolve) => {
    onStopSignals(() => resolve(drain(server, service)));
  });
  await service.started;
  console.error(`ready after ${Math.round(performance.now() - startedMs)} ms`);
  await stopped;
});

function listen(
  handler: Deno.ServeHandler,
  { port, hostname }: { port: number; hostname: string },
): Deno.HttpServer {
  const onListen = ({ port }: { port: number }) => {
    console.error(`listening on http://${hostname === "0.0.0.0" ? "localhost" : hostname}:${port}`);
  };
  try {
    return Deno.serve({ port, hostname, onListen }, handler);
  } catch (cause) {
    throw new Error(`Cannot listen on ${hostname}:${port}`, { cause });
  }
}

/** Calls back at the first SIGTERM or SIGINT; the second ends the process at once. */
function onStopSignals(stop: () => void): void {
  let isStopping = false;
  const listener = () => {
    if (isStopping) Deno.exit(1);
    isStopping = true;
    stop();
  };
  Deno.addSignalListener("SIGINT", listener);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", listener);
}

/** Finishes the requests at hand; new ones are refused. */
async function drain(server: Deno.HttpServer, service: Service): Promise<void> {
  console.error("stopping: finishing the requests at hand");
  service.drain();
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
