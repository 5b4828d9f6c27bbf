import { createAdaptorServer } from "@hono/node-server";
import type { Socket } from "node:net";

/** A server that has begun to listen. */
export interface Listening {
  /** Takes no more connections, and ends when those at hand are answered. */
  shutdown(): Promise<void>;
}

/** Where, and what answers. */
export interface ListenOptions {
  /** 0 takes a free one. */
  port: number;
  hostname: string;
  /** Answers a request; the second argument names the client, as `Deno.serve` does. */
  fetch: (request: Request, info: { remoteAddr: Deno.NetAddr }) => Response | Promise<Response>;
}

/** Connections that wait for another request are closed this often while the server stops. */
const CLOSE_IDLE_MS = 20;
/** A connection that has sent no request for so long is not waited for while the server stops. */
const SILENT_MS = 1000;

/** Connections that have sent no request yet, and when they came: node:http closes none of them. */
type SilentConnections = Map<Socket, number>;

/**
 * Listens for HTTP by node:http: `Deno.serve` (2.9.6) does not notice that a client leaves whose
 * request has a body of more than some hundred bytes.
 * @throws {Error} When the port cannot be had.
 */
export async function listen({ port, hostname, fetch }: ListenOptions): Promise<Listening> {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => fetch(request, { remoteAddr: addressOf(incoming.socket) }),
    overrideGlobalObjects: false,
  });
  const silent: SilentConnections = new Map();
  server.on("connection", (socket: Socket) => {
    silent.set(socket, performance.now());
    socket.once("close", () => silent.delete(socket));
  });
  server.on("request", ({ socket }: { socket: Socket }) => silent.delete(socket));
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, hostname, resolve);
  try {
    await promise;
  } catch (cause) {
    throw new Error(`Cannot listen on ${hostname}:${port}`, { cause });
  }
  const address = server.address() as { port: number };
  const shown = hostname === "0.0.0.0" ? "localhost" : hostname;
  console.error(`listening on http://${shown}:${address.port}`);
  return { shutdown: () => closed(server, silent) };
}

function addressOf(socket: Socket): Deno.NetAddr {
  const { remoteAddress: hostname = "unknown", remotePort: port = 0 } = socket;
  return { transport: "tcp", hostname, port };
}

async function closed(
  server: ReturnType<typeof createAdaptorServer>,
  silent: SilentConnections,
): Promise<void> {
  const closeIdle = () => {
    if ("closeIdleConnections" in server) server.closeIdleConnections();
    const latestMs = performance.now() - SILENT_MS;
    for (const [socket, connectedMs] of silent) if (connectedMs < latestMs) socket.destroy();
  };
  const timer = setInterval(closeIdle, CLOSE_IDLE_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(timer);
}
