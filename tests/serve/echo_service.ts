/** An app over a service that answers what it gets, for tests of routes. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type AppDeps, createApp } from "../../src/serve/app.ts";
import type { PictureOptions, Service, ServiceStatus } from "../../src/serve/service.ts";

const READY: ServiceStatus = { state: "ready", model: "mean", device: "CPU" };

/** A service that answers the bytes it got, and notes the options. */
export function echoService(overrides: Partial<Service> = {}, deps: Partial<AppDeps> = {}) {
  const seen: PictureOptions[] = [];
  const service: Service = {
    started: Promise.resolve(),
    status: () => READY,
    defaultModel: "mean",
    depth: () => 3,
    memoryBytes: () => 2e8,
    device: () => ({ backend: "wasm", description: "CPU" }),
    models: () => Promise.resolve([]),
    version: (model = "mean") => Promise.resolve(`${model} 1`),
    admit: () => ({ addBytes: () => {}, [Symbol.dispose]: () => {} }),
    colorize: (picture, { signal: _, ...options }) => {
      seen.push(JSON.parse(JSON.stringify(options))); // without what is undefined
      const files = Array.from({ length: options.candidates ?? 1 }, () => picture);
      return Promise.resolve({ files, ms: { decode: 12.34, infer: 5 } });
    },
    suggest: (_, { count, x }) =>
      Promise.resolve([{ rgb: [count, Math.round(10 * x), 255], share: 0.51239 }]),
    drain: () => {},
    stop: () => Promise.resolve(),
    ...overrides,
  };
  const logged: unknown[] = [];
  const logError = (_id: string, error: unknown) => void logged.push(error);
  return { seen, logged, app: createApp({ service, maxBodyBytes: 1000, logError, ...deps }) };
}

export function post(
  query: string,
  body: BodyInit,
  headers: HeadersInit = {},
): [string, RequestInit] {
  return [`/v1/colorize${query}`, { method: "POST", body, headers }];
}

export async function assertProblem(
  response: Response,
  status: number,
  detail: string,
): Promise<void> {
  const problem = await response.json();
  assertEquals([response.status, problem.status], [status, status], problem.detail);
  assertEquals(response.headers.get("content-type"), "application/problem+json");
  assertEquals(problem.type, "about:blank");
  assertEquals(problem.requestId, response.headers.get("x-request-id"));
  assertMatch(problem.title, /^[A-Z]/);
  assertMatch(problem.instance, /^\//);
  assertStringIncludes(problem.detail, detail);
}
