/** One picture process, as its parent sees it. */
import { readMessages, writeMessage } from "./messages.ts";
import type { Message } from "./messages.ts";
import type { Reply, Request } from "./protocol.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const PROGRAM = new URL("./process.ts", import.meta.url).pathname;

/**
 * glibc takes large blocks from the system each by itself and gives them back at once; by default it
 * learns to keep them, and a process holds twice what its pictures need.
 */
const RETURN_MEMORY = { MALLOC_MMAP_THRESHOLD_: "1000000", MALLOC_TRIM_THRESHOLD_: "100000" };

/** The process stopped before it had answered. */
export class PictureProcessStopped extends Error {
  override name = "PictureProcessStopped";
}

/** A process of its own that decodes, paints and encodes; asked for one thing after the other. */
export class PictureProcess {
  readonly #child: Deno.ChildProcess;
  readonly #replies: AsyncGenerator<Message<Reply>>;
  /** Resolves when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  isRunning = true;
  /** Resident memory when it last answered. */
  memoryBytes = 0;

  /** @throws {Deno.errors.NotCapable} Without the right to run Deno. */
  constructor() {
    // Reads the program and its packages; sharp asks ldd which C library it is to use.
    this.#child = new Deno.Command(denoProgram(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--ignore-env", "--v8-flags=--expose-gc"],
        ...[`--allow-read=${ROOT},/usr/bin/ldd`, `--allow-ffi=${ROOT}node_modules`],
        PROGRAM,
      ],
      cwd: ROOT,
      env: RETURN_MEMORY,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#child.unref(); // an idle one keeps no server alive; it ends when its pipe closes
    this.#replies = readMessages<Reply>(this.#child.stdout);
    this.ended = this.#child.status.then(() => void (this.isRunning = false));
  }

  get pid(): number {
    return this.#child.pid;
  }

  /**
   * Asks for one thing and waits for the answer.
   * @throws {PictureProcessStopped} When the process ends before.
   */
  async ask(request: Request, parts: readonly Uint8Array[]): Promise<Message<Reply>> {
    this.#child.ref();
    try {
      await writeMessage(this.#child.stdin, request, parts);
      const { value } = await this.#replies.next();
      if (value) {
        this.memoryBytes = value.header.memoryBytes;
        return value;
      }
    } catch (cause) {
      throw this.#stopped(cause);
    } finally {
      if (this.isRunning) this.#child.unref();
    }
    throw this.#stopped();
  }

  /** The pipes close before the process is known to have ended. */
  #stopped(cause?: unknown): PictureProcessStopped {
    this.isRunning = false;
    this.stop();
    return new PictureProcessStopped("Cannot go on: the picture process stopped", { cause });
  }

  /** Ends it at once. */
  async stop(): Promise<void> {
    this.#child.ref();
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.ended;
  }
}

/** This very Deno where it may be run by its path, else the one that is called by name. */
function denoProgram(): string {
  const own = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: own });
  return state === "granted" ? own : "deno";
}
