/** Figures of a running service, in the text form of Prometheus. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { RequestMs, ServiceStatus } from "./service.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const SIZES = [1, 2, 4, 8, 16, 32];

/** What is asked for at every reading. */
export interface MetricSources {
  /** Requests at hand. */
  depth: () => number;
  memoryBytes: () => number;
  status: () => ServiceStatus;
  device: () => { backend: string; description: string } | undefined;
}

/** Counts what a service does. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #errors: Counter;
  readonly #seconds: Histogram;
  readonly #stages: Histogram;
  readonly #batches: Histogram;

  constructor({ depth, memoryBytes, status, device }: MetricSources) {
    const registers = [this.#registry];
    const named = (name: string, help: string) => ({
      name: `polychromify_${name}`,
      help,
      registers,
    });
    this.#requests = new Counter({
      ...named("requests_total", "Requests that were answered"),
      labelNames: ["route", "status"],
    });
    this.#errors = new Counter({
      ...named("errors_total", "Answers that were errors, by their title"),
      labelNames: ["reason"],
    });
    this.#seconds = new Histogram({
      ...named("request_seconds", "From a request to its answer"),
      labelNames: ["route"],
      buckets: SECONDS,
    });
    this.#stages = new Histogram({
      ...named("stage_seconds", "Stages of a colorization"),
      labelNames: ["stage"],
      buckets: SECONDS,
    });
    this.#batches = new Histogram({
      ...named("batch_size", "Pictures that went through the network together"),
      buckets: SIZES,
    });
    gauge(named("queue_depth", "Requests at hand"), depth);
    gauge(named("ready", "1 while the service is ready"), () => Number(status().state === "ready"));
    gauge(named("memory_bytes", "Resident memory, picture processes included"), memoryBytes);
    deviceGauge(named("device_info", "1, with the device and the default model"), status, device);
  }

  /** Counts an answer. @param reason The title of an error. */
  noteAnswer(
    { route, status, ms, reason }: { route: string; status: number; ms: number; reason?: string },
  ): void {
    this.#requests.inc({ route, status: String(status) });
    this.#seconds.observe({ route }, ms / 1000);
    if (reason) this.#errors.inc({ reason });
  }

  noteStages(ms: RequestMs): void {
    for (const [stage, spent] of Object.entries(ms)) this.#stages.observe({ stage }, spent / 1000);
  }

  noteBatch(size: number): void {
    this.#batches.observe(size);
  }

  /** All of it. */
  async text(): Promise<{ type: string; text: string }> {
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

interface Named {
  name: string;
  help: string;
  registers: Registry[];
}

function gauge(named: Named, read: () => number): void {
  new Gauge({
    ...named,
    collect() {
      this.set(read());
    },
  });
}

function deviceGauge(
  named: Named,
  status: MetricSources["status"],
  device: MetricSources["device"],
): void {
  new Gauge({
    ...named,
    labelNames: ["backend", "device", "model"],
    collect() {
      this.reset();
      const [now, own] = [status(), device()];
      if (now.state !== "ready" || !own) return;
      this.set({ backend: own.backend, device: own.description, model: now.model }, 1);
    },
  });
}
