import type { IncomingHttpHeaders } from "node:http";
import type { ClientHttp2Stream } from "node:http2";
import { mostEarly } from "./answer-reader.ts";
import { readStream } from "./body.ts";
import type { Connection } from "./connect.ts";
import type { Answer, Ask } from "./exchange.ts";
import { type Deadline, ProbeFailure } from "./failure.ts";

/** Loaded by the first server that speaks it: that takes 10 ms. */
export function loadHttp2(): typeof import("node:http2") {
  return process.getBuiltinModule("node:http2");
}

/** These belong to a connection, or are said otherwise in HTTP/2. */
const dropped = new Set(["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** One request of HTTP/2 over a connection that is closed afterwards. */
export async function overHttp2(ask: Ask, connection: Connection, deadline: Deadline): Promise<Answer> {
  const session = loadHttp2().connect(ask.url.origin, { createConnection: () => connection.socket, settings: { enablePush: false } });
  const own = Object.fromEntries(Object.entries(ask.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const headers = Object.fromEntries(Object.entries(own).filter(([name]) => !dropped.has(name)));
  const stream = session.request({
    ":method": ask.method,
    ":path": `${ask.url.pathname}${ask.url.search}`,
    ":authority": own.host ?? ask.url.host,
    ":scheme": "https",
    "user-agent": "forge-health-check",
    accept: "*/*",
    ...headers,
  });
  const responded = new Promise<IncomingHttpHeaders>((resolve, reject) => {
    stream.once("response", resolve);
    for (const each of [session, stream]) each.on("error", reject);
    refuseEarly(stream, reject);
    session.once("close", () => reject(new ProbeFailure("tcp.reset", "the connection ended before an answer came")));
  });
  stream.end(ask.body);
  try {
    const answered = await deadline.race(responded, () => new ProbeFailure("http.slow", "connected, but no whole answer came in time"));
    const encoding = ask.method === "HEAD" ? "" : (answered["content-encoding"] ?? "");
    const body = await readStream(stream, { encoding, keep: ask.keep }, deadline, "http.slow");
    return { status: Number(answered[":status"] ?? 0), headers: plain(answered), body, connection };
  } finally {
    session.on("error", () => {});
    session.destroy();
  }
}

/** Node hands out each answer of the kind 1xx, and a server that sends them without end would fill the memory. */
export function refuseEarly(stream: ClientHttp2Stream, refuse: (error: ProbeFailure) => void): void {
  let early = 0;
  stream.on("headers", () => {
    early++;
    if (early > mostEarly)
      refuse(new ProbeFailure("http.protocol", `it does not speak HTTP: more than ${mostEarly} answers of the kind 1xx`));
  });
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(":")) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
}
