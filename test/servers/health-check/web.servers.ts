/** HTTP as nginx and haproxy speak it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as tls from "node:tls";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { check, one, verdict } from "../../packages/probe/arrange.ts";
import { makeCertificate } from "../../packages/probe/certificates.ts";
import { refusedPort } from "../../packages/probe/fault-server.ts";
import { Programs, patient, servers } from "./programs.ts";

const { root, why } = await servers();
const programs = new Programs();
const trusts =
  "setDefaultCACertificates" in tls && typeof tls.setDefaultCACertificates === "function" ? tls.setDefaultCACertificates : undefined;
let plain = 0;
let secure = 0;
let proxy = 0;
let dead = 0;
afterAll(() => programs.close());

function nginxConfig(folder: string): string {
  return `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 512; }
http {
  access_log ${folder}/access.log; default_type text/plain;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server {
    listen 127.0.0.1:${plain}; listen 127.0.0.1:${secure} ssl http2; root ${folder}/www;
    ssl_certificate ${folder}/good.pem; ssl_certificate_key ${folder}/good.key;
    location = /ok { return 200 "fine"; }
    location = /json { add_header X-Version 7; return 200 '{"status":"UP","checks":[{"name":"db","ok":true}]}'; }
    location = /none { return 204; }
    location = /there { return 302 /ok; }
    location = /loop { return 301 /loop; }
    location = /down { return 503; }
    location = /slow.bin { limit_rate 1k; }
    location = /packed { gzip_static always; }
    location = /private { auth_basic hello; auth_basic_user_file ${folder}/users; try_files /small.txt =404; }
    location = /gone { proxy_pass http://127.0.0.1:${dead}; }
  }
}
`;
}

function haproxyConfig(): string {
  return `global
  maxconn 200
defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
  timeout tarpit 4s
frontend web
  bind 127.0.0.1:${proxy}
  http-request deny deny_status 429 if { path /many }
  http-request tarpit if { path /tarpit }
  http-request silent-drop if { path /drop }
  http-request return status 200 content-type application/json string '{"alive":true}' if { path /alive }
  use_backend gone if { path /gone }
  default_backend nginx
backend nginx
  server one 127.0.0.1:${plain}
backend gone
  server one 127.0.0.1:${dead} check inter 200ms
`;
}

beforeAll(async () => {
  if (root === "") return;
  [plain, secure, proxy, dead] = [await refusedPort(), await refusedPort(), await refusedPort(), await refusedPort()];
  const folder = programs.folderOf("nginx");
  const www = programs.folderOf(join("nginx", "www"));
  const day = 86_400_000;
  const authority = makeCertificate(folder, { name: "authority", from: -day, to: 30 * day, host: "DNS:authority.example" });
  makeCertificate(folder, { name: "good", from: -day, to: 10 * day, host: "IP:127.0.0.1", by: "authority" });
  trusts?.([String(authority.cert)]);
  writeFileSync(join(www, "small.txt"), "small");
  writeFileSync(join(www, "slow.bin"), Buffer.alloc(1_000_000, "x"));
  writeFileSync(join(www, "large.bin"), Buffer.alloc(9 * 1024 * 1024, "x"));
  writeFileSync(join(www, "too-large.bin"), Buffer.alloc(11 * 1024 * 1024, "x"));
  writeFileSync(join(www, "packed.gz"), gzipSync('{"status":"UP"}'));
  writeFileSync(join(folder, "users"), "app:{PLAIN}letmeinplease\n");
  writeFileSync(join(folder, "nginx.conf"), nginxConfig(folder));
  writeFileSync(join(folder, "haproxy.cfg"), haproxyConfig());
  programs.start(join(root, "usr", "sbin", "nginx"), ["-c", join(folder, "nginx.conf"), "-p", folder], { root });
  programs.start(join(root, "usr", "sbin", "haproxy"), ["-db", "-f", join(folder, "haproxy.cfg")], { root });
  for (const port of [plain, proxy])
    expect(verdict(await one({ url: `http://127.0.0.1:${port}/ok`, interval: "50ms" }, patient))).toEqual(["healthy", "ok"]);
});

describe.skipIf(root === "")(`nginx${why}`, () => {
  const at = (path: string, more: object = {}) => one({ url: `http://127.0.0.1:${plain}${path}`, ...more });
  it.each([
    ["/ok", "healthy", "ok"],
    ["/none", "healthy", "ok"],
    ["/there", "healthy", "ok"],
    ["/large.bin", "healthy", "ok"],
    ["/too-large.bin", "down", "body.cap"],
    ["/loop", "down", "http.redirect_loop"],
    ["/down", "down", "http.status"],
    ["/nowhere", "down", "http.status"],
    ["/private", "down", "http.status"],
    ["/slow.bin", "down", "http.slow"],
  ])("%s is %s: %s", async (path, status, reason) => {
    expect(verdict(await at(path, { timeout: path === "/slow.bin" ? "500ms" : "10s" }))).toEqual([status, reason]);
  });

  it("answers conditions on body, header and status", async () => {
    const conditions = [
      "[STATUS] == 200",
      "[BODY].status == UP",
      "[BODY].checks[0].ok == true",
      "[HEADER].x-version == 7",
      "len([BODY].checks) == 1",
    ];
    expect(verdict(await at("/json", { conditions }))).toEqual(["healthy", "ok"]);
    expect(verdict(await at("/json", { conditions: ["[BODY].status == DOWN"] }))).toEqual(["down", "body.assert"]);
    expect(verdict(await at("/packed", { conditions: ["[BODY].status == UP"] }))).toEqual(["healthy", "ok"]);
    expect(verdict(await at("/ok", { method: "HEAD", conditions: ["[STATUS] == 200"] }))).toEqual(["healthy", "ok"]);
  });

  it("lets in whoever has the password", async () => {
    const url = `http://app:letmeinplease@127.0.0.1:${plain}/private`;
    const result = await one({ url, conditions: ["[BODY] == small"] });
    expect(verdict(result)).toEqual(["healthy", "ok"]);
    expect(JSON.stringify(result)).not.toContain("letmeinplease");
  });

  it("says 502 where what is behind it is gone: a spike of these at the proxy", async () => {
    expect(verdict(await at("/gone"))).toEqual(["down", "http.status"]);
    expect(verdict(await at("/gone", { conditions: ["[STATUS] == 502"] }))).toEqual(["healthy", "ok"]);
  });

  it.skipIf(trusts === undefined)("speaks HTTP/2 over TLS", async () => {
    const url = `https://127.0.0.1:${secure}`;
    const conditions = ["[BODY].status == UP", "[CERTIFICATE_EXPIRATION] > 9d"];
    expect(verdict(await one({ url: `${url}/json`, conditions }))).toEqual(["healthy", "ok"]);
    expect(verdict(await one({ url: `${url}/too-large.bin`, timeout: "10s" }))).toEqual(["down", "body.cap"]);
    expect(verdict(await one({ url: `${url}/slow.bin`, timeout: "500ms" }))).toEqual(["down", "http.slow"]);
    expect(verdict(await one({ url: `tls://127.0.0.1:${secure}`, conditions: ["[CERTIFICATE_EXPIRATION] > 14d"] }))).toEqual([
      "down",
      "tls.expiring",
    ]);
    expect(verdict(await one({ url: `http://127.0.0.1:${secure}/ok` }))).toEqual(["down", "http.status"]);
  });

  it("is asked by fifty targets at once", async () => {
    const targets = Array.from({ length: 50 }, (_, index) => ({
      name: `t${index}`,
      url: `http://127.0.0.1:${plain}/json`,
      conditions: ["[BODY].status == UP"],
    }));
    const { status, availability } = await check(targets);
    expect([status, availability]).toEqual(["healthy", 100]);
  });
});

describe.skipIf(root === "")(`haproxy${why}`, () => {
  const at = (path: string, more: object = {}) => one({ url: `http://127.0.0.1:${proxy}${path}`, ...more });
  it.each([
    ["/ok", "healthy", "ok"],
    ["/large.bin", "healthy", "ok"],
    ["/too-large.bin", "down", "body.cap"],
    ["/many", "down", "http.status"],
    ["/gone", "down", "http.status"],
    ["/tarpit", "down", "http.slow"],
  ])("%s is %s: %s", async (path, status, reason) => {
    expect(verdict(await at(path, { timeout: path === "/tarpit" ? "500ms" : "10s" }))).toEqual([status, reason]);
  });

  it("answers conditions", async () => {
    expect(verdict(await at("/alive", { conditions: ["[BODY].alive == true"] }))).toEqual(["healthy", "ok"]);
    expect(verdict(await at("/gone", { conditions: ["[STATUS] == 503"] }))).toEqual(["healthy", "ok"]);
  });

  it("drops a connection without a word", async () => {
    const { status, reason } = await at("/drop", { timeout: "1s" });
    expect(status).toBe("down");
    expect(["tcp.reset", "http.slow"]).toContain(reason);
  });
});
