/** PyTorch, where there is one: the same networks in a process beside this one. */
import { fileURLToPath } from "node:url";
import type { NetworkConfig } from "../../src/network/config.ts";

const SCRIPT = fileURLToPath(new URL("./peer.py", import.meta.url));

/** Pythons to look for PyTorch in: that of the path, and the system's behind another one. */
const PYTHONS = ["python3", "/usr/bin/python3"];
const NO_TORCH = 3;
/** What a shell answers for a command that is not there. */
const NO_COMMAND = 127;

/**
 * Finds a Python that has PyTorch.
 * @returns Undefined when there is none.
 * @throws {Error} When a Python cannot even tell, with what it said.
 */
export async function findPython(pythons: string[] = PYTHONS): Promise<string | undefined> {
  const find =
    `import importlib.util as u, sys; sys.exit(0 if u.find_spec("torch") else ${NO_TORCH})`;
  for (const python of pythons) {
    try {
      const command = new Deno.Command(python, { args: ["-c", find], stdin: "null" });
      const { code, stderr } = await command.output();
      if (code === 0) return python;
      if (code !== NO_TORCH && code !== NO_COMMAND) {
        throw peerError(new TextDecoder().decode(stderr));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** What a peer computes. */
export interface PeerOptions {
  python: string;
  network: NetworkConfig;
  batch: number;
  sizePx: number;
  threads: number;
  /** Whether to use an NVIDIA card, if PyTorch has one. */
  cuda: boolean;
  /** For tests: another script in place of ours. */
  script?: string;
}

/** What a peer can be asked for; see peer.py. */
export type PeerRequest =
  | { do: "train"; steps: number }
  | { do: "infer"; batches: number }
  | { do: "predict"; weights: string; lightness: string; ab: string; size: number };

/** One network in PyTorch. */
export class Peer {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #log: Promise<string>;
  #rest = "";
  /** PyTorch's version and device. */
  runsOn = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#writer = process.stdin.getWriter();
    this.#lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#log = new Response(process.stderr).text();
  }

  /** @throws {Error} When the peer cannot build the network, with what it said. */
  static async start(options: PeerOptions): Promise<Peer> {
    const { python, network, batch, sizePx, threads, cuda, script = SCRIPT } = options;
    const sizes = ["--batch", `${batch}`, "--size", `${sizePx}`, "--threads", `${threads}`];
    const args = [script, "--network", JSON.stringify(network), ...sizes];
    const peer = new Peer(
      new Deno.Command(python, {
        args: cuda ? [...args, "--cuda"] : args,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    const { runs_on } = await peer.#answer() as { runs_on: string };
    peer.runsOn = runs_on;
    return peer;
  }

  /**
   * Has it do something.
   * @returns Seconds that it took.
   * @throws {Error} When it fails, with what it said.
   */
  async ask(request: PeerRequest): Promise<number> {
    // A process that is gone breaks the pipe; reading tells why.
    await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`))
      .catch(() => {});
    return (await this.#answer() as { seconds: number }).seconds;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#process.status;
    await this.#lines.cancel();
    await this.#log;
  }

  async #answer(): Promise<unknown> {
    let end = this.#rest.indexOf("\n");
    while (end < 0) {
      const { value, done } = await this.#lines.read();
      if (done) throw peerError(await this.#log);
      this.#rest += value;
      end = this.#rest.indexOf("\n");
    }
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return JSON.parse(line);
  }
}

/** The last line of a traceback says what is wrong. */
function peerError(log: string): Error {
  const last = log.trim().split("\n").at(-1) || "it ended without a word";
  return new Error(`Cannot measure PyTorch: ${last}`);
}
