import { needsBody } from "../conditions.ts";
import type { AllowPrivate, Observation, Target } from "../model.ts";
import { splitAddress } from "../secrets.ts";
import { abandon, type Connection, connect } from "./connect.ts";
import type { Answer, Ask } from "./exchange.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { overHttp1 } from "./http1.ts";
import { overHttp2 } from "./http2.ts";

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

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
  const connection = await connect({ host: url.hostname, port, tls, alpn, allow, deadline, slow: "http.slow", heard: true });
  try {
    return await (connection.protocol === "h2" ? overHttp2(ask, connection, deadline) : overHttp1(ask, connection, deadline));
  } catch (error) {
    throw explain(error, connection, url);
  } finally {
    abandon(connection.socket);
  }
}

/** A reset is told apart from an orderly end, and what was known before from what was not. */
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
