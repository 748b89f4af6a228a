import { connect as connectTcp, isIP, type Socket } from "node:net";
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";
import { codeOf } from "../../frame/errors.ts";
import type { AllowPrivate } from "../model.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { usedUp } from "./garbage.ts";
import { Incoming } from "./incoming.ts";
import { type Resolved, resolveHost } from "./resolve.ts";

export interface Connection {
  readonly socket: Socket;
  /** The address that answered. */
  readonly ip: string;
  /** Milliseconds until the certificate ends; undefined without TLS. */
  readonly certificate: number | undefined;
  /** What was agreed on: `h2`, `http/1.1` or nothing. */
  readonly protocol: string;
  /** Addresses of the same name that did not answer. */
  readonly dead: readonly string[];
  /** The code of the socket's own error, once it has had one. */
  readonly broken: () => string | undefined;
  /** Hears each piece that comes, which may be overwritten by the next one; to be used instead of the socket's own `data`. */
  hear(listener: (piece: Buffer) => void): void;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly alpn?: readonly string[];
  readonly allow: AllowPrivate;
  readonly deadline: Deadline;
  /** What a timeout after the connection is called: `http.slow`. */
  readonly slow: string;
  /** Whether all is heard through `hear`, so that one buffer will do. */
  readonly heard?: boolean;
}

/** Connects to the first address that answers, and only to addresses that have been checked. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const addresses = await resolveHost(options.host, options.allow, options.deadline);
  const dead: string[] = [];
  let failure: ProbeFailure | undefined;
  for (const [index, address] of addresses.entries()) {
    // Each address that is left gets an equal part of the time.
    const time = options.deadline.left / (addresses.length - index);
    try {
      const incoming = options.heard === true && !options.tls ? new Incoming() : undefined;
      const socket = await dial(address, options, time, incoming);
      return await secured(socket, address, dead, options, incoming);
    } catch (error) {
      failure = socketFailure(error, where(options, address));
      if (!failure.reason.startsWith("tcp.") || failure.facts.connected === true) throw failure;
      dead.push(address.address);
    }
  }
  throw failure ?? new ProbeFailure("dns.nodata", `${options.host} has no address`);
}

function where({ port }: ConnectOptions, { address }: Resolved): string {
  return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

async function dial(address: Resolved, options: ConnectOptions, time: number, incoming: Incoming | undefined): Promise<Socket> {
  const socket = connectTcp({
    host: address.address,
    port: options.port,
    noDelay: true,
    ...(incoming === undefined ? {} : { onread: incoming.onread }),
  });
  if (incoming !== undefined) socket.once("close", () => incoming.close());
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
  const late = (): ProbeFailure => new ProbeFailure("tcp.timeout", `${where(options, address)}: no connection in time`);
  try {
    return await options.deadline.race(connected, late, time);
  } catch (error) {
    abandon(socket);
    throw error;
  }
}

/** Closes at once, and hears no late complaint. */
export function abandon(socket: { on(name: "error", listener: () => void): unknown; destroy(): unknown }): void {
  socket.on("error", () => {});
  socket.destroy();
}

async function secured(
  plain: Socket,
  address: Resolved,
  dead: readonly string[],
  options: ConnectOptions,
  incoming: Incoming | undefined,
): Promise<Connection> {
  let code: string | undefined;
  plain.on("error", (error) => {
    code ??= codeOf(error) ?? "ERROR";
  });
  const base = { ip: address.address, dead, broken: () => code };
  if (!options.tls) return { ...base, socket: plain, certificate: undefined, protocol: "", hear: hearing(plain, incoming) };
  const socket = await handshake(plain, address, options);
  socket.on("error", (error) => {
    code ??= codeOf(error) ?? "ERROR";
  });
  try {
    const certificate = inspect(socket, options.host, address.address);
    const protocol = typeof socket.alpnProtocol === "string" ? socket.alpnProtocol : "";
    return { ...base, socket, certificate, protocol, hear: hearing(socket, undefined) };
  } catch (error) {
    abandon(socket);
    throw error;
  }
}

function hearing(socket: Socket, incoming: Incoming | undefined): Connection["hear"] {
  return (listener) => {
    if (incoming === undefined) {
      socket.on("data", (piece: Buffer) => {
        usedUp(piece.length);
        listener(piece);
      });
      return;
    }
    incoming.hear(listener);
    socket.resume();
  };
}

async function handshake(plain: Socket, address: Resolved, options: ConnectOptions): Promise<TLSSocket> {
  const bare = options.host.replace(/^\[|\]$/g, "");
  const socket = connectTls({
    socket: plain,
    // The certificate is looked at before a single byte is sent, and then told apart by what is wrong with it.
    rejectUnauthorized: false,
    // The host is compared afterwards, so that what is said about the chain is about the chain.
    checkServerIdentity: () => undefined,
    ...(isIP(bare) > 0 ? {} : { servername: bare }),
    ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
  });
  const done = new Promise<TLSSocket>((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () =>
      reject(new ProbeFailure("tls.handshake", `${where(options, address)} closed the connection during the TLS handshake`, connected)),
    );
  });
  try {
    return await options.deadline.race(
      done,
      () => new ProbeFailure(options.slow, `${where(options, address)}: the TLS handshake did not end in time`, connected),
    );
  } catch (error) {
    abandon(socket);
    const failure = socketFailure(error, where(options, address));
    throw new ProbeFailure(failure.reason === "probe.error" ? "tls.handshake" : failure.reason, failure.message, {
      status: failure.status,
      facts: { connected: true, ip: address.address },
    });
  }
}

const connected = { facts: { connected: true } } as const;

/** Milliseconds until the certificate ends; throws what is wrong with it, the clearest reason first. */
function inspect(socket: TLSSocket, host: string, ip: string): number {
  const certificate = socket.getPeerCertificate();
  const until = Date.parse(certificate.valid_to) - Date.now();
  const facts = { connected: true, ip, ...(Number.isFinite(until) ? { certificate: until } : {}) };
  const fail = (reason: string, words: string): never => {
    throw new ProbeFailure(reason, words, { facts });
  };
  if (!Number.isFinite(until)) return fail("tls.untrusted", "the server has shown no certificate");
  if (until <= 0) return fail("tls.expired", `the certificate has expired at ${new Date(certificate.valid_to).toISOString()}`);
  if (Date.parse(certificate.valid_from) > Date.now())
    return fail("tls.not_yet_valid", `the certificate is not valid before ${new Date(certificate.valid_from).toISOString()}`);
  const stranger = identity(host, certificate);
  if (stranger !== undefined) return fail("tls.host", `the certificate is not for ${host.slice(0, 100)}`);
  if (!socket.authorized) {
    const why = String(socket.authorizationError ?? "");
    const chain: Readonly<Record<string, string>> = {
      CERT_HAS_EXPIRED: "tls.expired",
      CERT_NOT_YET_VALID: "tls.not_yet_valid",
      CERT_REVOKED: "tls.revoked",
    };
    return fail(chain[why] ?? "tls.untrusted", `the certificate's chain is not trusted (${why.slice(0, 80)})`);
  }
  return until;
}

function identity(host: string, certificate: PeerCertificate): Error | undefined {
  return checkServerIdentity(host.replace(/^\[|\]$/g, ""), certificate);
}
