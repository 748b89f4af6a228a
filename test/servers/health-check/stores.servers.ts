/** Redis, PostgreSQL and dnsmasq as they are. */
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import * as tls from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { one, verdict } from "../../packages/probe/arrange.ts";
import { makeCertificate } from "../../packages/probe/certificates.ts";
import { refusedPort } from "../../packages/probe/fault-server.ts";
import { Programs, patient, servers } from "./programs.ts";

const { root, why } = await servers();
const programs = new Programs();
const trusts =
  "setDefaultCACertificates" in tls && typeof tls.setDefaultCACertificates === "function" ? tls.setDefaultCACertificates : undefined;
afterAll(() => programs.close());
const soon = { interval: "50ms" };

describe.skipIf(root === "")(`Redis${why}`, () => {
  let port = 0;
  let secure = 0;
  beforeAll(async () => {
    [port, secure] = [await refusedPort(), await refusedPort()];
    const folder = programs.folderOf("redis");
    const day = 86_400_000;
    const authority = makeCertificate(folder, { name: "authority", from: -day, to: 30 * day, host: "DNS:authority.example" });
    makeCertificate(folder, { name: "good", from: -day, to: 10 * day, host: "IP:127.0.0.1", by: "authority" });
    trusts?.([String(authority.cert)]);
    const tlsWords = `tls-port ${secure}\ntls-cert-file ${folder}/good.pem\ntls-key-file ${folder}/good.key\ntls-auth-clients no\n`;
    const users = "requirepass letmeinplease\nuser watcher on >watchword ~* +ping\n";
    writeFileSync(join(folder, "redis.conf"), `bind 127.0.0.1\nport ${port}\nsave ""\ndir ${folder}\n${tlsWords}${users}`);
    programs.start(join(root, "usr", "bin", "redis-server"), [join(folder, "redis.conf")], { root });
    const url = `redis://:letmeinplease@127.0.0.1:${port}`;
    expect(verdict(await one({ url, ...soon }, patient))).toEqual(["healthy", "ok"]);
  });

  it("answers PONG to who has the password, and to nobody else", async () => {
    expect(verdict(await one({ url: `redis://watcher:watchword@127.0.0.1:${port}`, conditions: ["[BODY] == PONG"] }))).toEqual([
      "healthy",
      "ok",
    ]);
    expect(verdict(await one({ url: `redis://127.0.0.1:${port}` }))).toEqual(["down", "redis.auth"]);
    const wrong = await one({ url: `redis://:wrongwrongwrong@127.0.0.1:${port}` });
    expect(verdict(wrong)).toEqual(["down", "redis.auth"]);
    expect(JSON.stringify(wrong)).not.toContain("wrongwrongwrong");
  });

  it.skipIf(trusts === undefined)("answers over TLS", async () => {
    expect(verdict(await one({ url: `rediss://:letmeinplease@127.0.0.1:${secure}` }))).toEqual(["healthy", "ok"]);
    expect((await one({ url: `redis://127.0.0.1:${secure}`, timeout: "1s" })).status).toBe("down");
  });

  it("is no web server", async () => {
    // Redis takes the word Host: for an attack, and hangs up.
    expect(verdict(await one({ url: `http://127.0.0.1:${port}` }))[0]).toBe("down");
    expect(verdict(await one({ url: `tcp://127.0.0.1:${port}` }))).toEqual(["healthy", "ok"]);
  });
});

const home = "/usr/lib/postgresql";
const version = existsSync(home) ? readdirSync(home).sort().at(-1) : undefined;
const postgres = join(home, version ?? "none", "bin");
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

describe.skipIf(version === undefined)(
  `PostgreSQL${version === undefined ? ": left out, it is not installed (apt-get install postgresql)" : ""}`,
  () => {
    async function start(auth: string, settings: readonly string[] = []): Promise<number> {
      const port = await refusedPort();
      const folder = programs.folderOf(`postgres-${auth}`);
      if (nobody.uid !== undefined) chownSync(folder, nobody.uid, nobody.gid);
      const data = join(folder, "data");
      execFileSync(join(postgres, "initdb"), ["-D", data, "-A", auth, "-U", "app", "-N"], { stdio: "ignore", cwd: folder, ...nobody });
      const words = ["fsync=off", "listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`, ...settings];
      programs.start(join(postgres, "postgres"), ["-D", data, ...words.flatMap((each) => ["-c", each])], nobody);
      return port;
    }

    it("is asked whether it accepts connections, whoever asks", async () => {
      const port = await start("reject");
      const result = await one({ url: `postgres://app@127.0.0.1:${port}/postgres`, ...soon }, patient);
      expect(verdict(result)).toEqual(["healthy", "ok"]);
      expect(result.evidence).toContain("28000");
      expect(verdict(await one({ url: `postgresql://nobody:at-all@127.0.0.1:${port}/nowhere` }))).toEqual(["healthy", "ok"]);
    });

    it("is down where it takes no more", async () => {
      const port = await start("trust", ["max_connections=5", "superuser_reserved_connections=0"]);
      const url = `postgres://app@127.0.0.1:${port}/postgres`;
      expect(verdict(await one({ url, ...soon }, patient))).toEqual(["healthy", "ok"]);
      expect(verdict(await one({ url: `postgres://app@127.0.0.1:${port}/nowhere` }))).toEqual(["healthy", "ok"]);
      const text = Buffer.from("user\0app\0database\0postgres\0\0");
      const head = Buffer.alloc(8);
      head.writeInt32BE(text.length + 8, 0);
      head.writeInt32BE(196_608, 4);
      const held: Socket[] = [];
      for (let count = 0; count < 5; count++) {
        const socket = connect(port, "127.0.0.1");
        socket.on("error", () => {});
        held.push(socket);
        socket.write(Buffer.concat([head, text]));
        await new Promise((resolve) => socket.once("data", resolve));
      }
      expect(verdict(await one({ url }))).toEqual(["down", "postgres.full"]);
      for (const socket of held) socket.destroy();
    });
  },
);

describe.skipIf(root === "")(`dnsmasq${why}`, () => {
  let url = "";
  const ask = (name: string, type: string, conditions: readonly string[] = []) =>
    one({ url, dns: { "query-name": name, "query-type": type }, ...(conditions.length === 0 ? {} : { conditions }) });
  beforeAll(async () => {
    const port = await refusedPort();
    url = `dns://127.0.0.1:${port}`;
    const records = [
      "--address=/api.example.com/192.0.2.7",
      "--host-record=both.example.com,192.0.2.8,2001:db8::8",
      "--cname=alias.example.com,both.example.com",
      "--mx-host=example.com,mail.example.com,10",
      "--txt-record=example.com,v=spf1 -all",
      "--txt-record=long.example.com,this text is longer than thirty-two characters",
      "--caa-record=example.com,0,issue,authority.example",
      "--srv-host=_sip._tcp.example.com,both.example.com,5060,1,2",
      "--local=/example.com/",
    ];
    const args = ["--no-daemon", "--no-resolv", "--no-hosts", "--conf-file=/dev/null", "--listen-address=127.0.0.1", "--bind-interfaces"];
    const who = process.getuid?.() === 0 ? ["--user=root", "--group=root"] : [];
    programs.start(join(root, "usr", "sbin", "dnsmasq"), [...args, ...who, `--port=${port}`, "--pid-file", ...records], { root });
    const ready = { url, dns: { "query-name": "api.example.com", "query-type": "A" }, ...soon, timeout: "200ms" };
    expect(verdict(await one(ready, patient))).toEqual(["healthy", "ok"]);
  });

  it.each([
    ["api.example.com", "A", "192.0.2.7"],
    ["both.example.com", "AAAA", "2001:db8::8"],
    ["alias.example.com", "CNAME", "both.example.com"],
    ["example.com", "MX", "mail.example.com"],
    ["example.com", "TXT", "v=spf1 -all"],
    ["_sip._tcp.example.com", "SRV", "both.example.com:5060"],
    ["long.example.com", "TXT", "this text is longer than thirty-two characters"],
    ["example.com", "CAA", 'pat(0 issue "authority.example")'],
    // Of an alias and what it stands for only the latter was asked for.
    ["alias.example.com", "A", "192.0.2.8"],
    // As gatus writes names.
    ["alias.example.com", "CNAME", "both.example.com."],
    ["alias.example.com", "CNAME", "pat(*.example.com.)"],
    ["8.2.0.192.in-addr.arpa", "PTR", "both.example.com"],
  ])("%s has %s %s", async (name, type, body) => {
    const result = await ask(name, type, ["[DNS_RCODE] == NOERROR", `[BODY] == ${body}`]);
    expect([...verdict(result), result.evidence]).toEqual(["healthy", "ok", result.evidence]);
  });

  it("knows what is not there, and refuses what is not its own", async () => {
    expect(verdict(await ask("nobody.example.com", "A"))).toEqual(["down", "dns.nxdomain"]);
    expect(verdict(await ask("nobody.example.com", "A", ["[DNS_RCODE] == NXDOMAIN"]))).toEqual(["healthy", "ok"]);
    expect(verdict(await ask("elsewhere.test", "A"))).toEqual(["down", "dns.refused"]);
  });
});
