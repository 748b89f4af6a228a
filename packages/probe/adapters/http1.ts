import { AnswerReader, type Head } from "./answer-reader.ts";
import { Body } from "./body.ts";
import type { Connection } from "./connect.ts";
import type { Answer, Ask } from "./exchange.ts";
import { type Deadline, ProbeFailure } from "./failure.ts";

/** These are ours to say: the body is sent as one piece of known length. */
const ours = new Set(["content-length", "transfer-encoding", "expect", "te", "upgrade"]);

/** One request of HTTP/1.1 over a connection that is closed afterwards. */
export async function overHttp1(ask: Ask, connection: Connection, deadline: Deadline): Promise<Answer> {
  const { socket } = connection;
  let head: Head | undefined;
  let body: Body | undefined;
  const whole = new Promise<void>((resolve, reject) => {
    const reader = new AnswerReader({
      head: (given) => {
        head = given;
        const encoding = ask.method === "HEAD" ? "" : (given.headers["content-encoding"] ?? "");
        body = new Body(socket, { encoding, keep: ask.keep });
        // Its failures count at once, its end only once all of it has come.
        body.ended.catch(reject);
        return ask.method !== "HEAD";
      },
      part: (bytes) => body?.take(bytes),
      done: () => {
        body?.end();
        resolve();
      },
    });
    const ended = (): void => {
      if (reader.end()) return;
      reject(
        reader.hasHead
          ? new ProbeFailure("body.truncated", "the connection ended in the middle of the body")
          : new ProbeFailure("tcp.reset", "the connection ended before an answer came"),
      );
    };
    connection.hear((piece) => {
      try {
        reader.push(piece);
      } catch (error) {
        // Thrown in a listener, it would end the whole process.
        reject(error);
        socket.pause();
      }
    });
    socket.once("error", reject);
    socket.once("end", ended);
    socket.once("close", ended);
  });
  socket.write(requestOf(ask));
  const text = whole.then(() => body?.text());
  const late = (): ProbeFailure => body?.late("http.slow") ?? new ProbeFailure("http.slow", "connected, but no whole answer came in time");
  try {
    const kept = await deadline.race(text, late);
    if (head === undefined) throw new ProbeFailure("tcp.reset", "the connection ended before an answer came");
    return { ...head, body: kept, connection };
  } finally {
    body?.close();
  }
}

function requestOf({ url, method, headers, body }: Ask): Buffer {
  const named = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), `${name}: ${value}`]));
  const unlessGiven = (name: string, value: string): void => {
    if (!named.has(name)) named.set(name, `${name}: ${value}`);
  };
  for (const name of ours) named.delete(name);
  unlessGiven("host", url.host);
  unlessGiven("user-agent", "forge-health-check");
  unlessGiven("accept", "*/*");
  unlessGiven("connection", "close");
  const bytes = Buffer.from(body ?? "");
  // Without a body only these say that there is none.
  if (body !== undefined || /^(POST|PUT|PATCH)$/.test(method)) named.set("content-length", `content-length: ${bytes.length}`);
  const head = [`${method} ${url.pathname}${url.search} HTTP/1.1`, ...named.values(), "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), bytes]);
}
