/** Tests that need a browser, and what becomes of them where there is none. */
import fs from "node:fs";
import type { Page } from "playwright-core";

/** Under this variable a missing browser is a failure, so that nothing stays untested unseen. */
const required = Deno.env.get("REQUIRE_BROWSER") === "1";

/** Where Debian and others put Chromium. */
const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const path = PATHS.find((candidate) => {
  try {
    return Deno.statSync(candidate).isFile;
  } catch {
    return false;
  }
});

/** A page, and everything that went wrong on it: errors, failed requests, console errors. */
export interface BrowserPage {
  page: Page;
  problems: string[];
}

/**
 * Registers a test with a page of a headless Chromium. Without one it is ignored, and counted at
 * the end of `deno task test`; under `REQUIRE_BROWSER=1` it fails instead.
 */
export function browserTest(name: string, fn: (page: BrowserPage) => Promise<void>): void {
  if (!path && !required) {
    const ignored = `${name} [left out: no Chromium]`;
    Deno.test({ name: ignored, ignore: true, fn: () => {} });
    return;
  }
  // Playwright keeps timers and sockets of its own.
  Deno.test({ name, sanitizeOps: false, sanitizeResources: false, fn: () => withPage(fn) });
}

async function withPage(fn: (page: BrowserPage) => Promise<void>): Promise<void> {
  if (!path) throw new Error("Cannot run this test: REQUIRE_BROWSER=1 needs Chromium, got none");
  const profile = await Deno.makeTempDir({ prefix: "polychromify-browser-" });
  const process = new Deno.Command(path, {
    args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  try {
    const { chromium } = await importPlaywright();
    const browser = await chromium.connectOverCDP(await devtoolsAddress(process.stderr));
    const page = await browser.contexts()[0]!.newPage();
    await fn({ page, problems: problemsOf(page) });
    await browser.close();
  } finally {
    process.kill("SIGKILL");
    await process.status;
    await Deno.remove(profile, { recursive: true }).catch(() => {}); // its helpers may still write
  }
}

/** Playwright looks into /proc whether this is Windows, which needs all permissions there are. */
async function importPlaywright(): Promise<typeof import("playwright-core")> {
  const { existsSync } = fs;
  fs.existsSync = (path) => !String(path).startsWith("/proc/") && existsSync(path);
  try {
    return await import("playwright-core");
  } finally {
    fs.existsSync = existsSync;
  }
}

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** Chromium says on stderr where it can be steered; the rest of its talk is read and dropped. */
async function devtoolsAddress(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const readAll = async () => {
    let said = "";
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) {
      said += text;
      const address = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    }
    reject(new Error(`Cannot start Chromium: it must listen, got ${said.slice(-500)}`));
  };
  readAll().catch(reject);
  return await promise;
}

function problemsOf(page: Page): string[] {
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  page.on("requestfailed", (request) => problems.push(`failed: ${request.url()}`));
  return problems;
}
