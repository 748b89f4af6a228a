/** Servers of this machine that misbehave in one way each, and count what they are asked. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcp, type Socket, type Server as TcpServer } from "node:net";
import { gzipSync } from "node:zlib";

export interface Fault {
  readonly port: number;
  readonly url: string;
  requests: number;
  readonly seen: IncomingMessage[];
  close(): Promise<void>;
}

const open = new Set<() => Promise<void>>();

export async function closeFaults(): Promise<void> {
  await Promise.all([...open].map((close) => close()));
  open.clear();
}

async function listen(server: Server | TcpServer): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  open.add(close);
  return { port: (server.address() as AddressInfo).port, close };
}

export async function httpFault(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void): Promise<Fault> {
  const seen: IncomingMessage[] = [];
  const fault = { requests: 0, seen };
  const server = createServer((request, response) => {
    fault.requests++;
    seen.push(request);
    response.on("error", () => {});
    answer(request, response, fault.requests);
  });
  const { port, close } = await listen(server);
  return Object.assign(fault, { port, close, url: `http://127.0.0.1:${port}` });
}

export async function tcpFault(answer: (socket: Socket) => void): Promise<Fault> {
  const fault = { requests: 0, seen: [] };
  const server = createTcp((socket) => {
    fault.requests++;
    answer(socket);
  });
  const { port, close } = await listen(server);
  return Object.assign(fault, { port, close, url: `http://127.0.0.1:${port}` });
}

/** An address at which nothing listens. */
export async function refusedPort(): Promise<number> {
  const { port, close } = await tcpFault(() => {});
  await close();
  return port;
}

/** So many bytes of nothing, packed. */
export function bomb(bytes: number): Buffer {
  return gzipSync(Buffer.alloc(bytes));
}
