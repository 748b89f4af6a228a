import { createHash, randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { AllowPrivate, Observation, Target } from "../model.ts";
import { abandon, type Connection, connect } from "./connect.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { decoded } from "./http.ts";

/** Just enough of a few protocols to hear whether the server is there and well. */

const mostBytes = 65_536;

/** Reads a socket piece by piece until what has come says enough. */
export class Reader {
  #kept: Buffer = Buffer.alloc(0);
  readonly #socket: Socket;
  readonly #deadline: Deadline;
  readonly #name: string;
  readonly #broken: () => string | undefined;
  constructor({ socket, broken }: Connection, deadline: Deadline, name: string) {
    this.#socket = socket;
    this.#deadline = deadline;
    this.#name = name;
    this.#broken = broken;
  }

  /** Waits until `enough` gives something for the bytes so far; those it says it used are dropped. */
  async until<T>(enough: (bytes: Buffer) => { value: T; used: number } | undefined): Promise<T> {
    const socket = this.#socket;
    const found = new Promise<T>((resolve, reject) => {
      const look = (): boolean => {
        try {
          const result = enough(this.#kept);
          if (result === undefined && this.#kept.length <= mostBytes) return false;
          if (result === undefined) throw new ProbeFailure(`${this.#name}.protocol`, "the answer is not of that protocol");
          this.#kept = this.#kept.subarray(result.used);
          resolve(result.value);
        } catch (error) {
          // Thrown in a listener, it would end the whole process.
          reject(error);
        }
        return true;
      };
      if (look()) return;
      const hear = (piece: Buffer): void => {
        this.#kept = Buffer.concat([this.#kept, piece]);
        if (look()) socket.off("data", hear);
      };
      socket.on("data", hear);
      socket.once("error", reject);
      socket.once("close", () =>
        reject(
          this.#broken() === "ECONNRESET"
            ? Object.assign(new Error("reset"), { code: "ECONNRESET" })
            : new ProbeFailure("tcp.closed", "the server closed the connection without an answer"),
        ),
      );
    });
    return this.#deadline.race(found, () => new ProbeFailure(`${this.#name}.slow`, "connected, but no answer came in time"));
  }
}

const ports: Readonly<Record<string, number>> = { postgres: 5432, redis: 6379, rediss: 6379, ws: 80, wss: 443, tls: 443 };
const secure = new Set(["tls", "wss", "rediss"]);

type Talk = (connection: Connection, target: Target, deadline: Deadline) => Promise<{ evidence: string; status?: number; body?: string }>;

export async function probeWire(target: Target, allow: AllowPrivate, deadline: Deadline): Promise<Observation> {
  const url = new URL(target.url);
  const port = url.port === "" ? (ports[target.kind] ?? 0) : Number(url.port);
  const slow = target.kind === "wss" ? "http.slow" : `${target.kind}.slow`;
  const connection = await connect({ host: url.hostname, port, tls: secure.has(target.kind), allow, deadline, slow });
  const known = {
    connected: true,
    ip: connection.ip,
    ...(connection.certificate === undefined ? {} : { certificate: connection.certificate }),
  };
  try {
    const { evidence, ...facts } = await (talks[target.kind] ?? justConnected)(connection, target, deadline);
    return { facts: { ...known, ...facts }, evidence, elapsed: deadline.elapsed };
  } catch (error) {
    const failure = socketFailure(error, `${url.hostname.slice(0, 100)}:${port}`);
    throw new ProbeFailure(failure.reason, failure.message, { status: failure.status, facts: { ...known, ...failure.facts } });
  } finally {
    abandon(connection.socket);
  }
}

const justConnected: Talk = async ({ ip, certificate }) => ({
  evidence:
    certificate === undefined
      ? `connected to ${ip}`
      : `connected to ${ip}, the certificate ends in ${Math.floor(certificate / 3_600_000)} h`,
});

/** A PING; with a password in the address AUTH before it. An answer that asks for a password also says that the server lives, but not that it is well. */
const redis: Talk = async (connection, target, deadline) => {
  const url = new URL(target.url);
  const reader = new Reader(connection, deadline, "redis");
  const send = async (...words: string[]): Promise<string> => {
    connection.socket.write(`*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("")}`);
    return reader.until((bytes) => {
      const end = bytes.indexOf("\r\n");
      return end < 0 ? undefined : { value: bytes.subarray(0, end).toString("utf8"), used: end + 2 };
    });
  };
  if (url.password !== "") {
    const user = url.username === "" ? [] : [decoded(url.username)];
    const answer = await send("AUTH", ...user, decoded(url.password));
    if (answer !== "+OK") throw new ProbeFailure("redis.auth", "the server did not accept the password");
  }
  const answer = await send("PING");
  if (answer === "+PONG") return { evidence: "PONG", body: "PONG" };
  const word = /^-([A-Z]{1,20})\b/.exec(answer)?.[1];
  if (word === undefined) throw new ProbeFailure("redis.protocol", "the answer to PING is not of Redis");
  throw new ProbeFailure(
    word === "NOAUTH" || word === "WRONGPASS" ? "redis.auth" : `redis.${word.toLowerCase()}`,
    `the answer to PING was ${word}`,
  );
};

function startup(user: string, database: string): Buffer {
  const text = Buffer.from(`user\0${user}\0database\0${database}\0application_name\0forge-health-check\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(text.length + 8, 0);
  head.writeInt32BE(196_608, 4);
  return Buffer.concat([head, text]);
}

/** What `pg_isready` asks: a start-up message. A request for a password, or a refusal of the user, is a yes; "starting up" is a no. */
const postgres: Talk = async (connection, target, deadline) => {
  const url = new URL(target.url);
  const user = decoded(url.username) || "postgres";
  connection.socket.write(startup(user, decoded(url.pathname.slice(1)) || user));
  const reader = new Reader(connection, deadline, "postgres");
  const { type, text } = await reader.until((bytes) => {
    if (bytes.length > 0 && bytes[0] !== 0x52 && bytes[0] !== 0x45)
      throw new ProbeFailure("postgres.protocol", "the answer is not of PostgreSQL");
    if (bytes.length < 5) return undefined;
    const size = bytes.readInt32BE(1);
    if (size < 4 || size > 30_000) throw new ProbeFailure("postgres.protocol", "the answer is not of PostgreSQL");
    return bytes.length < size + 1
      ? undefined
      : { value: { type: bytes[0], text: bytes.subarray(5, size + 1).toString("latin1") }, used: size + 1 };
  });
  if (type === 0x52) return { evidence: "it accepts connections" };
  const code = /(?:^|\0)C([0-9A-Z]{5})\0/.exec(text)?.[1] ?? "";
  if (code.startsWith("28") || code === "3D000") return { evidence: `it accepts connections (and answered ${code} to this user)` };
  throw new ProbeFailure(
    code === "57P03" ? "postgres.starting" : code === "53300" ? "postgres.full" : "postgres.error",
    `it answered the error ${code}`,
  );
};

/** The handshake of a WebSocket, with its proof checked. */
const webSocket: Talk = async (connection, target, deadline) => {
  const url = new URL(target.url);
  const key = randomBytes(16).toString("base64");
  const headers = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const userinfo =
    url.username === "" && url.password === ""
      ? ""
      : `Authorization: Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString("base64")}\r\n`;
  connection.socket.write(
    `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n${userinfo}${headers.join("")}\r\n`,
  );
  const head = await new Reader(connection, deadline, "http").until((bytes) => {
    const end = bytes.indexOf("\r\n\r\n");
    return end < 0 ? undefined : { value: bytes.subarray(0, end).toString("latin1"), used: end + 4 };
  });
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (Number.isNaN(status)) throw new ProbeFailure("http.protocol", "the answer is not of HTTP");
  if (status !== 101) throw new ProbeFailure("http.status", `status ${status} instead of 101`, { facts: { status } });
  const proof = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const accepted = /^sec-websocket-accept:\s*(\S+)\s*$/im.exec(head)?.[1];
  if (accepted !== proof) throw new ProbeFailure("ws.handshake", "the server's proof is wrong: it is no WebSocket");
  connection.socket.write(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
  return { evidence: "the WebSocket opened", status };
};

const talks: Readonly<Record<string, Talk>> = { redis, rediss: redis, postgres, ws: webSocket, wss: webSocket };
