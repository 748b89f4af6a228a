/** The fault table: each fault plays for one seed, and says what it wanted and what it got. */
import type { Socket } from "node:net";
import { check, one, verdict } from "./arrange.ts";
import { openBlackHole } from "./black-hole.ts";
import { bomb, httpFault, refusedPort, tcpFault } from "./fault-server.ts";
import type { Random } from "./seeds.ts";

export interface Played {
  readonly wanted: readonly unknown[];
  readonly got: readonly unknown[];
}
export type Play = (random: Random) => Promise<Played>;

const soon = { timeout: "300ms" };

/** An answer's framing by length, by chunks, or by the end of the connection. */
function head(random: Random, length: number): { text: string; chunked: boolean } {
  const status = "HTTP/1.1 200 OK\r\n";
  const kind = random.whole(0, 2);
  if (kind === 0) return { text: `${status}Content-Length: ${length}\r\n\r\n`, chunked: false };
  if (kind === 1) return { text: `${status}Transfer-Encoding: chunked\r\n\r\n`, chunked: true };
  return { text: `${status}Connection: close\r\n\r\n`, chunked: false };
}

function drip(socket: Socket, piece: () => string, every: number): void {
  const timer = setInterval(() => socket.write(piece()), every);
  socket.on("close", () => clearInterval(timer));
}

async function simple(wanted: string, target: Readonly<Record<string, unknown>>): Promise<Played> {
  return { wanted: ["down", wanted], got: verdict(await one(target)) };
}

const refused: Play = async (random) => {
  const scheme = random.pick(["http", "https", "tcp", "tls", "ws", "redis", "postgres", "grpc"]);
  return simple("tcp.refused", { url: `${scheme}://127.0.0.1:${await refusedPort()}` });
};

const blackHole: Play = async (random) => {
  const hole = await openBlackHole();
  try {
    const scheme = random.pick(["http", "https", "tcp", "redis"]);
    return await simple("tcp.timeout", { url: `${scheme}://127.0.0.1:${hole.port}`, ...soon });
  } finally {
    hole.close();
  }
};

const silent: Play = async (random) => {
  const said = "HTTP/1.1 200".slice(0, random.whole(0, 12));
  const { url } = await tcpFault((socket) => socket.write(said));
  return simple("http.slow", { url: random.pick([url, url.replace("http", "ws")]), ...soon });
};

const tlsStall: Play = async (random) => {
  // The beginning of a record of a handshake that never ends.
  const said = Buffer.concat([Buffer.from([22, 3, 3, 64, 0]), Buffer.alloc(200, 2)]).subarray(0, random.whole(0, 100));
  const { port } = await tcpFault((socket) => void socket.once("data", () => socket.write(said)));
  return simple("http.slow", { url: `https://127.0.0.1:${port}`, ...soon });
};

const headerDrips: Play = async (random) => {
  const every = random.whole(5, 40);
  const { url } = await tcpFault((socket) => {
    socket.write(random.pick(["HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 "]));
    drip(socket, () => "a", every);
  });
  return simple("http.slow", { url, ...soon });
};

const bodyDrips: Play = async (random) => {
  const { text, chunked } = head(random, 10_000);
  const every = random.whole(5, 40);
  const { url } = await tcpFault((socket) => {
    socket.write(text);
    drip(socket, () => (chunked ? "1\r\na\r\n" : "a"), every);
  });
  return simple("http.slow", { url, ...soon });
};

const endless: Play = async (random) => {
  const { text, chunked } = head(random, 99_999_999);
  const size = random.whole(1_000, 200_000);
  const body = Buffer.alloc(size, "a");
  const piece = chunked ? Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), body, Buffer.from("\r\n")]) : body;
  const { url } = await tcpFault((socket) => {
    socket.write(text);
    const pour = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", pour);
    pour();
  });
  const kept = random.pick([{}, { conditions: ["[BODY] == a"] }]);
  return simple("body.cap", { url, timeout: "9s", ...kept });
};

const packed = bomb(64 * 1024 * 1024);
const bombs: Play = async (random) => {
  const encoding = random.pick(["gzip", "x-gzip", " GZIP "]);
  const { url } = await httpFault((_, response) => response.writeHead(200, { "content-encoding": encoding }).end(packed));
  return simple("body.cap", { url, timeout: "9s" });
};

const burst: Play = async (random) => {
  const fails = Array.from({ length: 30 }, () => random.next() < 0.3);
  const status = random.whole(500, 599);
  const fault = await httpFault((_, response, count) => response.writeHead(fails[count - 1] === true ? status : 200).end());
  const result = await one({ url: fault.url, attempts: 30 });
  const needed = fails.indexOf(false) + 1;
  return { wanted: ["healthy", "ok", needed, needed], got: [...verdict(result), result.attempts, fault.requests] };
};

const flapping: Play = async (random) => {
  const fails = Array.from({ length: 20 }, () => random.next() < 0.5);
  const good = fails.filter((each) => !each).length;
  const fault = await httpFault((_, response, count) => response.writeHead(fails[count - 1] === true ? 500 : 200).end());
  const result = await one({ url: fault.url, interval: "5ms" }, { settings: { duration: 100 } });
  return { wanted: ["down", "http.status", 20, good], got: [...verdict(result), fault.requests, result.successes] };
};

const circle: Play = async (random) => {
  const places = random.whole(1, 4);
  const status = random.pick([301, 302, 303, 307, 308]);
  const fault = await httpFault((_, response, count) => response.writeHead(status, { location: `/${count % places}` }).end());
  const result = await one({ url: `${fault.url}/0` });
  return { wanted: ["down", "http.redirect_loop", 6], got: [...verdict(result), fault.requests] };
};

const otherOrigin: Play = async (random) => {
  const other = await httpFault((_, response) => response.end("ok"));
  const status = random.pick([301, 302, 303, 307, 308]);
  const first = await httpFault((_, response) => response.writeHead(status, { location: `${other.url}/x` }).end());
  const headers = { authorization: "Bearer abcdef123456", cookie: "a=b", "x-own": "1" };
  const url = first.url.replace("//", "//user:secretword@");
  const result = await one({ url, headers, method: random.pick(["POST", "PUT"]), body: "private" });
  const { headers: sent = {}, method } = other.seen[0] ?? {};
  return {
    wanted: ["healthy", "1", undefined, undefined, undefined, undefined, "GET"],
    got: [result.status, first.seen[0]?.headers["x-own"], sent.authorization, sent.cookie, sent["x-own"], sent["content-length"], method],
  };
};

const noName: Play = async (random) => {
  const name = `h${random.whole(0, 1_000_000)}.invalid`;
  return simple("dns.nxdomain", { url: random.pick([`http://${name}/`, `tcp://${name}:1`]), timeout: "9s" });
};

const badBody: Play = async (random) => {
  const bodies = ['{"status":"down"}', "{}", "", "<html>UP</html>", '{"status":["UP"]}', '{"status":{"UP":1}}', "null", '{"status":"UP"'];
  const body = random.pick(bodies as [string, ...string[]]);
  const { url } = await httpFault((_, response) => response.end(body));
  return simple("body.assert", { url, conditions: ["[STATUS] == 200", "[BODY].status == UP"] });
};

const truncated: Play = async (random) => {
  const told = random.whole(10, 100_000);
  const sent = "x".repeat(random.whole(0, told - 1));
  const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${told.toString(16)}\r\n${sent}`;
  const answer = random.pick([chunks, `HTTP/1.1 200 OK\r\nContent-Length: ${told}\r\n\r\n${sent}`]);
  const { url } = await tcpFault((socket) => void socket.once("data", () => socket.end(answer)));
  return simple("body.truncated", { url, conditions: ["[STATUS] == 200"] });
};

const reset: Play = async (random) => {
  const { text } = head(random, 9_000);
  const { url } = await tcpFault((socket) =>
    socket.once("data", () => socket.write(`${text}5\r\nshort`, () => setTimeout(() => socket.resetAndDestroy(), random.whole(10, 60)))),
  );
  return simple("tcp.reset", { url });
};

const tooMany: Play = async (random) => {
  const attempts = random.whole(1, 6);
  const fault = await httpFault((_, response) => response.writeHead(429, { "retry-after": "60" }).end());
  const result = await one({ url: fault.url, attempts, interval: "5ms" });
  return { wanted: ["down", "http.status", attempts], got: [...verdict(result), fault.requests] };
};

const slowStart: Play = async (random) => {
  const until = random.whole(2, 8);
  const fault = await httpFault((request, response, count) => {
    if (count >= until) response.end();
    else if (random.next() < 0.5) response.writeHead(503).end();
    else request.socket.resetAndDestroy();
  });
  const result = await one({ url: fault.url }, { settings: { startupDeadline: 9_000 } });
  return { wanted: ["healthy", "ok", until, 1], got: [...verdict(result), fault.requests, result.counted.samples] };
};

const controlToo: Play = async (random) => {
  const broken = await httpFault((_, response) => response.writeHead(random.whole(500, 599)).end());
  const dead = await refusedPort();
  const { targets, status, reason } = await check([
    { name: "api", url: random.pick([broken.url, `http://127.0.0.1:${dead}`]) },
    { name: "control", url: `tcp://127.0.0.1:${dead}`, control: true },
  ]);
  const [api] = targets;
  return { wanted: ["unknown", "runner.network", "unknown", "runner.network"], got: [status, reason, api?.status, api?.reason] };
};

/** F13 to F15 need a resolver of their own, F16 to F20 certificates: they have their own files. */
export const faults: Readonly<Record<string, Play>> = {
  "F1: refused": refused,
  "F2: a black hole for SYN": blackHole,
  "F3: accepts, and says nothing": silent,
  "F4: TLS stall": tlsStall,
  "F5: a header in drops": headerDrips,
  "F6: a body in drops": bodyDrips,
  "F7: a body without an end": endless,
  "F8: a bomb": bombs,
  "F9: a burst of 5xx, then fine: exactly as many requests as needed": burst,
  "F10: flapping: the verify phase sees it": flapping,
  "F11: a circle of redirects": circle,
  "F11: a redirect to another origin, and no header for it": otherOrigin,
  "F12: no such name": noName,
  "F21: 200 with a bad body": badBody,
  "F22: a body that is cut short": truncated,
  "F23: a reset in the middle of the body": reset,
  "F24: 429 is no 2xx": tooMany,
  "F25: a slow start, then fine": slowStart,
  "F26: the control is down too": controlToo,
};
