import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { needsBody } from "../conditions.ts";
import type { AllowPrivate, Observation, Target } from "../model.ts";
import { splitAddress } from "../secrets.ts";
import { readBody } from "./body.ts";
import { abandon, type Connection, connect } from "./connect.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { usedUp } from "./garbage.ts";

const mostRedirects = 5;
/** Answers of the kind 1xx before the real one. */
const mostEarly = 20;
/** Bytes that Node's client spends on each of them. */
const weightOfMessage = 4_096;
const redirects = new Set([301, 302, 303, 307, 308]);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly connection: Connection;
}

export interface Ask {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly keep: boolean;
}

/** HTTP and HTTPS: the whole answer, body included, after at most five redirects. */
export async function probeHttp(target: Target, allow: AllowPrivate, deadline: Deadline): Promise<Observation> {
  let ask: Ask = { ...firstAsk(target), keep: needsBody(target.conditions) };
  for (let followed = 0; ; followed++) {
    const answer = await askOnce(ask, allow, deadline);
    const { connection, ...rest } = answer;
    const location = answer.headers.location;
    const facts = {
      connected: true,
      status: rest.status,
      headers: rest.headers,
      ip: connection.ip,
      redirects: followed,
      ...(rest.body === undefined ? {} : { body: rest.body }),
      ...(connection.certificate === undefined ? {} : { certificate: connection.certificate }),
    };
    if (!target.followRedirects || !redirects.has(answer.status) || location === undefined) {
      const dead = connection.dead.length === 0 ? "" : `; ${connection.dead.slice(0, 3).join(", ")} did not answer`;
      const after = followed === 0 ? "" : ` after ${followed} redirects`;
      return { facts, evidence: `status ${answer.status}${after} from ${connection.ip}${dead}`, elapsed: deadline.elapsed };
    }
    if (followed >= mostRedirects) throw new ProbeFailure("http.redirect_loop", `more than ${mostRedirects} redirects`, { facts });
    ask = nextAsk(ask, location, answer.status);
  }
}

function firstAsk(target: Target): Omit<Ask, "keep"> {
  const url = new URL(target.url);
  const headers: Record<string, string> = { ...target.headers };
  if (url.username !== "" || url.password !== "") {
    const named = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
    if (!named) headers.authorization = `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString("base64")}`;
  }
  return { url, method: target.method, headers, body: target.body };
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Headers, userinfo and body stay with the origin that they were written for. */
function nextAsk(ask: Ask, location: string, status: number): Ask {
  if (!URL.canParse(location, ask.url.href)) throw new ProbeFailure("http.redirect", "the redirect's address cannot be read");
  const url = new URL(location, ask.url);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ProbeFailure("http.redirect", `the redirect leads to ${splitAddress(url.protocol).shown.slice(0, 30)}, which is not HTTP`);
  const asGet = (status === 303 && ask.method !== "HEAD") || ((status === 301 || status === 302) && ask.method === "POST");
  const method = asGet ? "GET" : ask.method;
  if (url.origin === ask.url.origin) return { ...ask, url, method, body: asGet ? undefined : ask.body };
  return { url, method: ask.body === undefined ? method : "GET", headers: {}, body: undefined, keep: ask.keep };
}

export async function askOnce(ask: Ask, allow: AllowPrivate, deadline: Deadline): Promise<Answer> {
  const { url } = ask;
  const tls = url.protocol === "https:";
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  const alpn = ["h2", "http/1.1"];
  const connection = await connect({ host: url.hostname, port, tls, alpn, allow, deadline, slow: "http.slow" });
  try {
    return await (connection.protocol === "h2" ? overHttp2(ask, connection, deadline) : overHttp1(ask, connection, deadline));
  } catch (error) {
    throw explain(error, connection, url);
  } finally {
    abandon(connection.socket);
  }
}

/** Tells a reset from an orderly end: Node's client calls both "socket hang up". */
function explain(error: unknown, connection: Connection, url: URL): ProbeFailure {
  const broken = connection.broken();
  const place = `${url.hostname.slice(0, 100)}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
  const facts = {
    connected: true,
    ip: connection.ip,
    ...(connection.certificate === undefined ? {} : { certificate: connection.certificate }),
  };
  if (error instanceof ProbeFailure && !(error.reason === "body.truncated" && broken === "ECONNRESET"))
    return new ProbeFailure(error.reason, error.message, { status: error.status, facts: { ...facts, ...error.facts } });
  const failure =
    broken === "ECONNRESET" ? new ProbeFailure("tcp.reset", `${place}: the connection was reset`) : socketFailure(error, place);
  return new ProbeFailure(failure.reason, failure.message, { status: failure.status, facts });
}

async function overHttp1(ask: Ask, connection: Connection, deadline: Deadline): Promise<Answer> {
  const { url } = ask;
  const given = new Set(Object.keys(ask.headers).map((name) => name.toLowerCase()));
  const outgoing = request({
    createConnection: () => connection.socket,
    host: url.hostname,
    path: `${url.pathname}${url.search}`,
    method: ask.method,
    maxHeaderSize: 65_536,
    headers: {
      ...(given.has("host") ? {} : { host: url.host }),
      ...(given.has("user-agent") ? {} : { "user-agent": "forge-health-check" }),
      ...(given.has("accept") ? {} : { accept: "*/*" }),
      connection: "close",
      ...ask.headers,
    },
  });
  const responded = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.on("error", reject);
    let early = 0;
    outgoing.on("information", () => {
      usedUp(weightOfMessage);
      early++;
      if (early <= mostEarly) return;
      reject(new ProbeFailure("http.protocol", `more than ${mostEarly} answers of the kind 1xx came before the real one`));
      abandon(connection.socket);
    });
    outgoing.once("upgrade", () => reject(new ProbeFailure("http.protocol", "the server switched to another protocol")));
  });
  outgoing.end(ask.body);
  try {
    const response = await deadline.race(responded, () => new ProbeFailure("http.slow", "connected, but no whole answer came in time"));
    const encoding = ask.method === "HEAD" ? "" : (response.headers["content-encoding"] ?? "");
    const body = await readBody(response, { encoding, keep: ask.keep, deadline, slow: "http.slow" });
    return { status: response.statusCode ?? 0, headers: plain(response.headers), body, connection };
  } finally {
    outgoing.on("error", () => {});
    outgoing.destroy();
  }
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !name.startsWith(":")) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  return flat;
}

async function overHttp2(ask: Ask, connection: Connection, deadline: Deadline): Promise<Answer> {
  const session = connectHttp2(ask.url.origin, { createConnection: () => connection.socket, settings: { enablePush: false } });
  const dropped = new Set(["connection", "host", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);
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
    session.once("close", () => reject(new ProbeFailure("tcp.reset", "the connection ended before an answer came")));
  });
  stream.end(ask.body);
  try {
    const answered = await deadline.race(responded, () => new ProbeFailure("http.slow", "connected, but no whole answer came in time"));
    const encoding = ask.method === "HEAD" ? "" : (answered["content-encoding"] ?? "");
    const body = await readBody(stream, { encoding, keep: ask.keep, deadline, slow: "http.slow" });
    return { status: Number(answered[":status"] ?? 0), headers: plain(answered), body, connection };
  } finally {
    session.on("error", () => {});
    session.destroy();
  }
}
