import type { AllowPrivate, Observation, Target } from "../model.ts";
import { abandon, connect } from "./connect.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { loadHttp2, refuseEarly } from "./http2.ts";

const serving = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;
const mostBytes = 65_536;
/** Two bytes tell lengths below this. */
const longestService = 16_000;

function varint(length: number): readonly number[] {
  return length < 128 ? [length] : [(length & 127) | 128, length >> 7];
}

/** `grpc.health.v1.Health/Check` of the service that the address's path names, or of the whole server. */
export async function probeGrpc(target: Target, allow: AllowPrivate, deadline: Deadline): Promise<Observation> {
  const url = new URL(target.url);
  const tls = target.kind === "grpcs";
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  const connection = await connect({ host: url.hostname, port, tls, alpn: ["h2"], allow, deadline, slow: "http.slow" });
  const facts = {
    connected: true,
    ip: connection.ip,
    ...(connection.certificate === undefined ? {} : { certificate: connection.certificate }),
  };
  try {
    const { code, bytes } = await call(connection.socket, target, url, deadline);
    if (code !== 0)
      throw new ProbeFailure(
        code === 12 ? "grpc.unimplemented" : code === 5 ? "grpc.service_unknown" : "grpc.error",
        `gRPC status ${code}`,
      );
    const status = statusOf(bytes);
    const body = serving[status] ?? "UNKNOWN";
    if (status !== 1) throw new ProbeFailure("grpc.not_serving", `the health service says ${body}`, { facts: { status, body } });
    return { facts: { ...facts, status, body }, evidence: "the health service says SERVING", elapsed: deadline.elapsed };
  } catch (error) {
    const failure = socketFailure(error, `${url.hostname.slice(0, 100)}:${port}`);
    throw new ProbeFailure(failure.reason, failure.message, { status: failure.status, facts: { ...facts, ...failure.facts } });
  } finally {
    abandon(connection.socket);
  }
}

async function call(
  socket: Parameters<typeof abandon>[0],
  target: Target,
  url: URL,
  deadline: Deadline,
): Promise<{ code: number; bytes: Buffer }> {
  const service = Buffer.from(url.pathname.replace(/^\//, ""));
  if (service.length > longestService)
    throw new ProbeFailure("grpc.service_unknown", "no service has a name as long as that", { status: "unknown" });
  const message = service.length === 0 ? service : Buffer.concat([Buffer.from([10, ...varint(service.length)]), service]);
  const frame = Buffer.concat([Buffer.from([0, 0, 0, message.length >> 8, message.length & 255]), message]);
  const session = loadHttp2().connect(`http://${url.host}`, { createConnection: () => socket as never, settings: { enablePush: false } });
  const own = Object.fromEntries(Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const stream = session.request({
    ":method": "POST",
    ":path": "/grpc.health.v1.Health/Check",
    ":scheme": target.kind === "grpcs" ? "https" : "http",
    "content-type": "application/grpc",
    te: "trailers",
    ...own,
  });
  const parts: Buffer[] = [];
  const done = new Promise<{ code: number; bytes: Buffer }>((resolve, reject) => {
    let code: number | undefined;
    const see = (headers: Readonly<Record<string, unknown>>): void => {
      const status = headers[":status"];
      if (status !== undefined && status !== 200) reject(new ProbeFailure("http.status", `status ${String(status)} instead of gRPC`));
      if (headers["grpc-status"] !== undefined) code = Number(headers["grpc-status"]);
    };
    stream.on("response", see);
    stream.on("trailers", see);
    refuseEarly(stream, reject);
    let size = 0;
    stream.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= mostBytes) parts.push(part);
      else reject(new ProbeFailure("grpc.protocol", "the answer is too long"));
    });
    stream.on("end", () =>
      code === undefined
        ? reject(new ProbeFailure("grpc.protocol", "the answer has no gRPC status"))
        : resolve({ code, bytes: Buffer.concat(parts) }),
    );
    for (const each of [session, stream]) each.on("error", reject);
    session.once("close", () => reject(new ProbeFailure("tcp.reset", "the connection ended before an answer came")));
  });
  stream.end(frame);
  try {
    return await deadline.race(done, () => new ProbeFailure("http.slow", "connected, but no answer came in time"));
  } finally {
    stream.on("error", () => {});
    session.on("error", () => {});
    session.destroy();
  }
}

/** Field 1 of the message; left out it is 0. */
function statusOf(bytes: Buffer): number {
  return bytes.length >= 7 && bytes[5] === 8 ? (bytes[6] ?? 0) : 0;
}
