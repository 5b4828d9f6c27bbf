/**
 * The serverless handler. In the project's folder, with no more rights than it needs:
 * `deno serve --allow-read=.,/usr/bin/ldd --allow-ffi=node_modules --allow-run=deno --ignore-env
 * --allow-env='POLYCHROMIFY_*' main.ts` (sharp asks ldd which C library it is to use). It is set by
 * the environment variables named in `SETTINGS`; `deno task serve` takes flags instead. At SIGTERM
 * `deno serve` itself finishes the requests at hand.
 */
import { BACKEND_CHOICES, startBackend } from "./src/backend/start.ts";
import { SERVICE_LIMITS } from "./src/image/limits.ts";
import { createApp } from "./src/serve/app.ts";
import { Metrics } from "./src/serve/metrics.ts";
import { createService } from "./src/serve/service.ts";
import { parseTokens } from "./src/serve/tokens.ts";

const SETTINGS = {
  backend: choiceSetting("POLYCHROMIFY_BACKEND", BACKEND_CHOICES),
  model: Deno.env.get("POLYCHROMIFY_MODEL") || "palette",
  modelsDir: Deno.env.get("POLYCHROMIFY_MODELS") || `${import.meta.dirname}/models`,
  maxBodyMb: numberSetting("POLYCHROMIFY_MAX_BODY_MB", 32),
  maxMegapixels: numberSetting("POLYCHROMIFY_MAX_MEGAPIXELS", 40),
  tokens: parseTokens((Deno.env.get("POLYCHROMIFY_TOKENS") ?? "").split(",")),
  requestsPerMinute: Deno.env.get("POLYCHROMIFY_REQUESTS_PER_MINUTE")
    ? numberSetting("POLYCHROMIFY_REQUESTS_PER_MINUTE", 1)
    : undefined,
  requireGpu: Deno.env.get("POLYCHROMIFY_REQUIRE_GPU") === "1",
};

const metrics: Metrics = new Metrics({
  depth: () => service.depth(),
  memoryBytes: () => service.memoryBytes(),
  status: () => service.status(),
  device: () => service.device(),
});
const service = createService({
  onBatch: (size) => metrics.noteBatch(size),
  modelsDir: SETTINGS.modelsDir,
  defaultModel: SETTINGS.model,
  limits: {
    ...SERVICE_LIMITS,
    ...{ maxBytes: SETTINGS.maxBodyMb * 1e6, maxPixels: SETTINGS.maxMegapixels * 1e6 },
  },
  requireGpu: SETTINGS.requireGpu,
  startDevice: () => startBackend(SETTINGS.backend),
});
// The process lives on without its model: it answers 503, and /readyz says why.
service.started.catch((error) => console.error(error));
const app = createApp({
  service,
  maxBodyBytes: SETTINGS.maxBodyMb * 1e6,
  guards: { tokens: SETTINGS.tokens, requestsPerMinute: SETTINGS.requestsPerMinute },
  metrics,
  log: (line) => console.log(JSON.stringify(line)),
});

export default { fetch: app.fetch } satisfies Deno.ServeDefaultExport;

function choiceSetting<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
  const text = Deno.env.get(name) || choices[0];
  if (!choices.includes(text as T)) {
    throw new RangeError(`Cannot use ${name}: must be one of ${choices.join(", ")}, got ${text}`);
  }
  return text as T;
}

function numberSetting(name: string, fallback: number): number {
  const text = Deno.env.get(name) || String(fallback);
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(`Cannot use ${name}: must be a number above 0, got ${text}`);
  }
  return value;
}
