import type { AllowPrivate } from "./model.ts";

interface Network {
  readonly value: bigint;
  /** Fixed bits of 128. */
  readonly bits: number;
}

/** An IPv4 or IPv6 address as 128 bits (IPv4 as ::ffff:a.b.c.d); undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  const bare = text.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  const four = parseFour(bare);
  if (four !== undefined) return 0xffff_0000_0000n + four;
  if (!bare.includes(":") || !/^[0-9a-f:.]+$/i.test(bare)) return undefined;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(bare);
  const tail = dotted === null ? undefined : parseFour(dotted[2] ?? "");
  if (dotted !== null && tail === undefined) return undefined;
  const whole = tail === undefined ? bare : `${dotted?.[1]}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const halves = whole.split("::");
  if (halves.length > 2) return undefined;
  const [head = [], rest = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - head.length - rest.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => "0"), ...rest];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** `10.0.0.0/8`, `fd00::/8` or a single address. */
export function parseNetwork(text: string): Network | undefined {
  const [address = "", length, ...more] = text.split("/");
  const value = parseAddress(address);
  if (value === undefined || more.length > 0) return undefined;
  if (length === undefined) return { value, bits: 128 };
  if (!/^\d{1,3}$/.test(length)) return undefined;
  const four = !address.includes(":");
  const bits = Number(length) + (four ? 96 : 0);
  return Number(length) > (four ? 32 : 128) ? undefined : { value, bits };
}

function contains({ value, bits }: Network, address: bigint): boolean {
  const rest = BigInt(128 - bits);
  return value >> rest === address >> rest;
}

function networks(...texts: string[]): Network[] {
  return texts.map(parseNetwork).filter((network) => network !== undefined);
}

/** Link-local ones, and those at which clouds serve their metadata. */
const neverByTrue = networks(
  "169.254.0.0/16",
  "fe80::/10",
  "fd00:ec2::254",
  "fd20:ce::254",
  "100.100.100.200",
  "168.63.129.16",
  "192.0.0.192",
);

/** Everything else that is not on the public internet. */
const privateOnes = networks(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fec0::/10",
  "ff00::/8",
);

/** The IPv4 address that an IPv6 one stands for: NAT64 and 6to4. */
function embedded(address: bigint): bigint | undefined {
  if (address >> 32n === 0x64_ff9b_0000_0000_0000_0000n) return 0xffff_0000_0000n + (address & 0xffff_ffffn);
  if (address >> 112n === 0x2002n) return 0xffff_0000_0000n + ((address >> 80n) & 0xffff_ffffn);
  return undefined;
}

/** Whether an address may be asked. What cannot be read may not. */
export function mayAsk(text: string, allow: AllowPrivate): boolean {
  const address = parseAddress(text);
  if (address === undefined) return false;
  const inner = embedded(address);
  return allowed(address, allow) && (inner === undefined || allowed(inner, allow));
}

function allowed(address: bigint, allow: AllowPrivate): boolean {
  const within = (network: Network): boolean => contains(network, address);
  const special = neverByTrue.find(within);
  const given = typeof allow === "boolean" ? [] : networks(...allow);
  // A wide network does not open what only its own name may open.
  if (special !== undefined) return given.some((network) => within(network) && network.bits >= special.bits);
  return allow === true || !privateOnes.some(within) || given.some(within);
}
