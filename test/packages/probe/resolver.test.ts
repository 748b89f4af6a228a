/** F12 to F15 by the system's own resolver: in a network of its own, whose name server is this test's, so that nothing is asked outside. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "forge-resolver-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inside = (script: string): string[] => [
  "-rmn",
  "sh",
  "-c",
  `ip link set lo up && mount --bind "$0/resolv.conf" /etc/resolv.conf && mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf && ${script}`,
  folder,
];

function whyNot(): string {
  if (process.platform !== "linux") return ": left out, namespaces are Linux's";
  try {
    writeFileSync(join(folder, "resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    writeFileSync(join(folder, "nsswitch.conf"), "hosts: files dns\n");
    execFileSync("unshare", inside("true"), { stdio: "ignore" });
    return "";
  } catch {
    return ": left out, this system gives no network namespace to its users";
  }
}
const why = whyNot();

/** Answers as the first label of a name says, and asks each name once as a target. */
const script = `
import { createSocket } from "node:dgram";
import { createServer } from "node:http";
import { one } from "${new URL("./arrange.ts", import.meta.url).href}";
const A = (name, ...addresses) => addresses.map((a) => Buffer.concat([Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4]), Buffer.from(a.split(".").map(Number))]));
const asked = new Map();
const server = createSocket("udp4");
server.on("message", (query, peer) => {
  const label = query.subarray(13, 13 + query[12]).toString().toLowerCase();
  const type = query.readUInt16BE(query.indexOf(0, 12) + 1);
  if (label.startsWith("silent")) return;
  const times = (asked.get(label + type) ?? 0) + 1;
  asked.set(label + type, times);
  const code = label.startsWith("servfail") ? 2 : label.startsWith("nobody") ? 3 : label.startsWith("refused") ? 5 : 0;
  const records = code !== 0 || type !== 1 || label.startsWith("empty") ? []
    : label.startsWith("two") ? A(label, "127.0.0.1", "127.0.0.9")
    : label.startsWith("rebind") && times > 1 ? A(label, "169.254.169.254")
    : label.startsWith("inside") ? A(label, "10.0.0.1", "169.254.169.254")
    : A(label, "127.0.0.1");
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const head = Buffer.from([query[0], query[1], 0x81, 0x80 | code, 0, 1, 0, records.length, 0, 0, 0, 0]);
  server.send(Buffer.concat([head, question, ...records]), peer.port, peer.address);
});
await new Promise((resolve) => server.bind(53, "127.0.0.1", resolve));
const web = createServer((request, response) =>
  request.headers.host.startsWith("rebindleads") && request.url === "/" ? response.writeHead(302, { location: "/second" }).end() : response.end("ok"));
await new Promise((resolve) => web.listen(8080, "127.0.0.1", resolve));
// The resolver puts 127.0.0.1 first, at which this port is dead.
const second = createServer((_, response) => response.end("ok"));
await new Promise((resolve) => second.listen(8081, "127.0.0.9", resolve));
const names = process.argv.slice(2);
// Each name of a kind alone, so that none waits for a thread of the resolver, except where that is meant.
const kindOf = (name) => name.replace(/\\d+$/, "");
const found = [];
for (const kind of new Set(names.map(kindOf))) found.push(...await Promise.all(names.filter((name) => kindOf(name) === kind).map(async (name) => {
  const [label, allow] = name.split("=");
  const { status, reason, evidence } = await one({ url: "http://" + label + (label.startsWith("two") ? ".example.com:8081/" : ".example.com:8080/"), timeout: "700ms" }, { allowPrivate: allow === undefined ? true : allow === "true" });
  return [name, { status, reason, evidence }];
})));
process.stdout.write(JSON.stringify(Object.fromEntries(found)));
process.exit();
`;

interface Found {
  readonly status: string;
  readonly reason: string;
  readonly evidence: string;
}

describe.skipIf(why !== "")(`names${why}`, () => {
  const kinds = ["nobody", "servfail", "silent", "refused", "empty", "two", "good"];
  let found: Readonly<Record<string, Found>> = {};
  beforeAll(async () => {
    writeFileSync(join(folder, "ask.mjs"), script);
    const names = [
      ...kinds.flatMap((kind) => [`${kind}1`, `${kind}2`]),
      "inside=false",
      "inside=true",
      "good=false",
      "rebindstays=true",
      "rebindleads=true",
      ...["1", "2", "3", "4", "5"].map((each) => `silentqueue${each}`),
    ];
    const child = spawn("unshare", inside(`exec "${process.execPath}" "$0/ask.mjs" ${names.join(" ")}`), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (piece: Buffer) => {
      text += String(piece);
    });
    await new Promise((resolve) => child.once("close", resolve));
    found = JSON.parse(text) as Readonly<Record<string, Found>>;
  }, 30_000);

  it.each([
    ["F12", "nobody", "down", "dns.nxdomain"],
    ["F13", "servfail", "down", "dns.servfail"],
    ["F14", "silent", "down", "dns.timeout"],
    ["a name server that refuses", "refused", "down", "dns.refused"],
    ["a name without an address", "empty", "down", "dns.nodata"],
    ["F15, one dead address of two", "two", "healthy", "ok"],
    ["a name with an address", "good", "healthy", "ok"],
  ])("%s", (_, kind, status, reason) => {
    for (const name of [`${kind}1`, `${kind}2`]) expect(found[name]).toMatchObject({ status, reason });
  });

  it("that change their mind are looked up once for each connection, and checked each time", () => {
    expect(found["rebindstays=true"]).toMatchObject({ status: "healthy", reason: "ok" });
    expect(found["rebindleads=true"]).toMatchObject({ status: "unknown", reason: "address.private" });
  });

  it("that had to wait for slow ones prove nothing", () => {
    const seen = [1, 2, 3, 4, 5].map((each) => `${found[`silentqueue${each}`]?.status} ${found[`silentqueue${each}`]?.reason}`);
    const waited = seen.filter((each) => each === "unknown runner.resources");
    expect(waited.length).toBeGreaterThan(0);
    expect(seen.filter((each) => each === "down dns.timeout")).toHaveLength(5 - waited.length);
  });

  it("names the address that is dead", () => {
    expect(found["two1"]?.evidence).toContain("from 127.0.0.9; 127.0.0.1 did not answer");
  });

  it("that stand for private addresses only are refused, and for metadata always", () => {
    expect(found["inside=false"]).toMatchObject({ status: "unknown", reason: "address.private" });
    expect(found["good=false"]).toMatchObject({ status: "unknown", reason: "address.private" });
    // Of these two only 10.0.0.1 may be asked, to which there is no way from here.
    expect(found["inside=true"]).toMatchObject({ status: "down", reason: "tcp.unreachable" });
  });
});
