/** A server in a process of its own. */
export interface ServerProcess {
  url: string;
  process: Deno.ChildProcess;
  /** All that it has said on stderr so far. */
  log(): string;
}

/**
 * Starts a server and waits until it listens.
 * @param args Arguments for `deno`, with `--port 0`.
 * @throws {Error} When it ends before it listens, with what it said.
 */
export async function startServer(
  args: string[],
  env: Record<string, string> = {},
): Promise<ServerProcess> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const process = command.spawn();
  let log = "";
  const { promise, resolve, reject } = Promise.withResolvers<ServerProcess>();
  const read = async () => {
    for await (const text of process.stderr.pipeThrough(new TextDecoderStream())) {
      log += text;
      const port = /listening on http:\/\/[^\s]*?:(\d+)/i.exec(log)?.[1];
      if (port) resolve({ url: `http://127.0.0.1:${port}`, process, log: () => log });
    }
    reject(new Error(`Cannot start a server: it must listen, got ${log.trim()}`));
  };
  read();
  return await promise;
}
