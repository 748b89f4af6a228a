import { randomInt } from "node:crypto";
import { createSocket } from "node:dgram";
import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import type { AllowPrivate, Observation, Target } from "../model.ts";
import { abandon, connect } from "./connect.ts";
import { type Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { resolveHost } from "./resolve.ts";
import { Reader } from "./wire.ts";

const types: Readonly<Record<string, number>> = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 };
const rcodes = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"] as const;

/** One question to one name server: by UDP, and by TCP where the answer does not fit. */
export async function probeNameServer(target: Target, allow: AllowPrivate, deadline: Deadline): Promise<Observation> {
  const url = new URL(target.url);
  const port = url.port === "" ? 53 : Number(url.port);
  const { name, type } = target.dns ?? { name: ".", type: "NS" };
  const query = question(name, types[type] ?? 1);
  const [address] = await resolveHost(url.hostname, allow, deadline);
  if (address === undefined) throw new ProbeFailure("dns.nodata", "the name server has no address");
  let answer = await overUdp(query, address.address, port, deadline);
  if ((answer[2] ?? 0) & 2) answer = await overTcp(query, url.hostname, port, allow, deadline);
  const rcode = rcodes[(answer[3] ?? 0) & 15] ?? `RCODE${(answer[3] ?? 0) & 15}`;
  const records = readRecords(answer, types[type] ?? 1);
  const facts = { connected: true, ip: address.address, rcode, body: records.join("\n") };
  const evidence = `${rcode}${records.length === 0 ? "" : `: ${records.slice(0, 3).join(", ").slice(0, 120)}`}`;
  if (rcode === "NOERROR") return { facts, evidence, elapsed: deadline.elapsed };
  const reason = rcode === "NXDOMAIN" || rcode === "SERVFAIL" || rcode === "REFUSED" ? `dns.${rcode.toLowerCase()}` : "dns.rcode";
  throw new ProbeFailure(reason, evidence, { facts });
}

function question(name: string, type: number): Buffer {
  // Names beyond ASCII go over the wire as their `xn--` form.
  const labels = (/[^\x20-\x7e]/.test(name) ? domainToASCII(name) : name)
    .replace(/\.$/, "")
    .split(".")
    .filter((label) => label !== "");
  const head = Buffer.from([randomInt(256), randomInt(256), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  const encoded = labels.map((label) => Buffer.concat([Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]));
  return Buffer.concat([head, ...encoded, Buffer.from([0, type >> 8, type & 255, 0, 1])]);
}

async function overUdp(query: Buffer, address: string, port: number, deadline: Deadline): Promise<Buffer> {
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  const heard = new Promise<Buffer>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("message", (message) => {
      if (message.length >= 12 && message[0] === query[0] && message[1] === query[1] && ((message[2] ?? 0) & 128) !== 0) resolve(message);
    });
    // Connected, so that nobody else is heard, and a refusal is.
    socket.connect(port, address, () => socket.send(query));
  });
  try {
    return await deadline.race(heard, () => new ProbeFailure("dns.timeout", "the name server did not answer in time"));
  } catch (error) {
    const failure = socketFailure(error, `${address}:${port}`);
    throw failure.reason === "tcp.refused" ? new ProbeFailure("dns.unreachable", `nothing listens at ${address}:${port}`) : failure;
  } finally {
    socket.on("error", () => {});
    socket.close();
  }
}

async function overTcp(query: Buffer, host: string, port: number, allow: AllowPrivate, deadline: Deadline): Promise<Buffer> {
  const connection = await connect({ host, port, tls: false, allow, deadline, slow: "dns.timeout" });
  try {
    connection.socket.write(Buffer.concat([Buffer.from([query.length >> 8, query.length & 255]), query]));
    return await new Reader(connection, deadline, "dns").until((bytes) => {
      if (bytes.length < 2) return undefined;
      const size = bytes.readUInt16BE(0);
      return bytes.length < size + 2 ? undefined : { value: Buffer.from(bytes.subarray(2, size + 2)), used: size + 2 };
    });
  } finally {
    abandon(connection.socket);
  }
}

/** The answers in words, as far as they can be read: those of the type that was asked for, else whatever there was, such as an alias. */
function readRecords(message: Buffer, asked: number): string[] {
  const records: { type: number; text: string }[] = [];
  try {
    let at = 12;
    for (let count = message.readUInt16BE(4); count > 0; count--) at = readName(message, at).next + 4;
    for (let count = Math.min(message.readUInt16BE(6), 50); count > 0; count--) {
      at = readName(message, at).next;
      const type = message.readUInt16BE(at);
      const size = message.readUInt16BE(at + 8);
      records.push({ type, text: recordText(message, type, at + 10, size) });
      at += 10 + size;
    }
  } catch {
    // What is torn ends the list.
  }
  const wanted = records.filter(({ type }) => type === asked);
  return (wanted.length > 0 ? wanted : records).map(({ text }) => text);
}

function recordText(message: Buffer, type: number, at: number, size: number): string {
  const data = message.subarray(at, at + size);
  if (type === 1 && size === 4) return [...data].join(".");
  if (type === 28 && size === 16) return new URL(`http://[${data.toString("hex").replace(/(.{4})(?=.)/g, "$1:")}]`).hostname.slice(1, -1);
  if (type === 2 || type === 5 || type === 12) return readName(message, at).name;
  if (type === 15) return readName(message, at + 2).name;
  if (type === 33) return `${readName(message, at + 6).name}:${data.readUInt16BE(4)}`;
  if (type === 16) return printable(texts(data).join(""));
  if (type === 6) return readName(message, at).name;
  if (type === 257) return printable(caa(data));
  return printable(data.toString("latin1"));
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "");
}

/** The pieces of a text record, each behind its length. */
function texts(data: Buffer): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0)) pieces.push(data.toString("latin1", at + 1, at + 1 + (data[at] ?? 0)));
  return pieces;
}

/** `0 issue "authority.example"`, as zone files write it. */
function caa(data: Buffer): string {
  const length = data[1] ?? 0;
  return `${data[0] ?? 0} ${data.toString("latin1", 2, 2 + length)} "${data.toString("latin1", 2 + length)}"`;
}

function readName(message: Buffer, from: number): { name: string; next: number } {
  const labels: string[] = [];
  let at = from;
  let next: number | undefined;
  for (let steps = 0; steps < 128; steps++) {
    const length = message.readUInt8(at);
    if (length === 0) return { name: labels.join("."), next: next ?? at + 1 };
    if (length >= 192) {
      next ??= at + 2;
      at = message.readUInt16BE(at) & 0x3fff;
    } else {
      labels.push(
        message
          .subarray(at + 1, at + 1 + length)
          .toString("latin1")
          .replace(/[^\x21-\x7e]/g, "?"),
      );
      at += 1 + length;
    }
  }
  throw new RangeError("a name without an end");
}
