/** Issue by issue what the built action promises, on servers of this machine. */

import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { closeFaults, httpFault, refusedPort, tcpFault } from "../../packages/probe/fault-server.ts";
import { type BundleRun, cleanUp, temporaryFolder } from "../harness.ts";
import { check, ended, rows } from "./check.ts";

afterEach(closeFaults);
afterAll(cleanUp);
/** All that a reader can see of a run; the runner itself keeps what it is told to mask. */
function shownBy(run: BundleRun): string {
  const printed = run.stdout.replaceAll(/^::add-mask::.*$/gm, "");
  return [printed, run.stderr, run.summary, JSON.stringify(run.report), JSON.stringify(run.outputs)].join("\n");
}

const ok = () => httpFault((_, response) => response.end("ok"));

describe("addresses", () => {
  it("private ones are refused however they are written, and nobody is asked", async () => {
    const { port, url, requests } = await ok();
    const hosts = [
      "localhost",
      "127.1",
      "2130706433",
      "0x7f.0.0.1",
      "0177.0.0.1",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "[::ffff:7f00:1]",
      "0.0.0.0",
      "[::]",
    ];
    const targets = [
      ...hosts.map((host) => `- {url: "http://${host}:${port}/"}`),
      ...["tcp", "redis", "postgres", "ws", "grpc", "tls"].map((kind) => `- {url: "${kind}://0x7f.1:${port}/"}`),
      `- {url: "dns://127.0.0.1:${port}", dns: {query-name: a.example}}`,
      `- {kind: prometheus, name: prom, query: up, conditions: ["[VALUE] > 0"]}`,
    ].join("\n");
    const run = await check({ targets, "allow-private": "false", prometheus: url });
    expect(
      rows(run).filter(({ reason, status, attempts }) => reason !== "address.private" || status !== "unknown" || attempts !== 0),
    ).toEqual([]);
    expect([run.exitCode, run.outputs["status"], run.outputs["availability"], requests]).toEqual([2, "unknown", "", 0]);
  });
  it("link-local and metadata ones are refused even by true, unless they are named", async () => {
    const hosts = [
      "169.254.169.254",
      "[fe80::1]",
      "[fd00:ec2::254]",
      "100.100.100.200",
      "[::ffff:169.254.169.254]",
      "[64:ff9b::a9fe:a9fe]",
      "[2002:a9fe:a9fe::1]",
    ];
    const run = await check({ targets: hosts.map((host) => `- {url: "http://${host}/"}`).join("\n"), "allow-private": "true" });
    expect(rows(run).map(({ reason }) => reason)).toEqual(hosts.map(() => "address.private"));
  });
  it("may be listed one by one, IPv6 too", async () => {
    const server = createServer((_, response) => response.end("ok"));
    await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
    const { port } = server.address() as AddressInfo;
    const targets = `- {url: "http://[::1]:${port}/"}\n- {url: "tcp://[::1]:${port}"}`;
    expect(ended(await check({ targets, "allow-private": "10.0.0.0/8\n::1" }))).toEqual([0, "healthy", "ok"]);
    expect(ended(await check({ targets, "allow-private": "10.0.0.0/8, fc00::/7" }))).toEqual([2, "unknown", "address.private"]);
    server.close();
  });
  it("behind redirects are not asked, nor is what is not HTTP", async () => {
    const cases = [
      ["file:///etc/passwd", "down", "http.redirect"],
      ["javascript:alert(1)", "down", "http.redirect"],
      ["//169.254.169.254/latest", "unknown", "address.private"],
      ["http://[::ffff:169.254.169.254]/", "unknown", "address.private"],
      ["http://:80", "down", "http.redirect"],
    ] as const;
    const leads = await httpFault((request, response) =>
      response.writeHead(302, { location: cases[Number(request.url?.slice(1))]?.[0] ?? "" }).end(),
    );
    const targets = cases.map(([name], index) => ({ name, url: `${leads.url}/${index}` }));
    const run = await check({ targets: JSON.stringify(targets) });
    expect(rows(run).map(({ name, status, reason }) => [name, status, reason])).toEqual(cases);
    expect(leads.requests).toBe(cases.length);
  });
});

describe("redirects", () => {
  it("five are followed, and what is asked for stays asked for on the same origin", async () => {
    const fault = await httpFault((request, response) => {
      const step = Number(request.url?.slice(1) ?? 0);
      if (step < 5) response.writeHead(step === 4 ? 303 : 307, { location: `/${step + 1}` }).end();
      else response.end("there");
    });
    const targets = `- {url: "${fault.url}/0", method: PUT, body: hello, headers: {X-Own: mine}, conditions: ["[BODY] == there"]}`;
    expect(ended(await check({ targets }))).toEqual([0, "healthy", "ok"]);
    expect(fault.seen.map(({ method, headers }) => [method, headers["x-own"], headers["content-length"]])).toEqual([
      ...Array.from({ length: 5 }, () => ["PUT", "mine", "5"]),
      ["GET", "mine", undefined],
    ]);
  });
  it("without a place to go is an answer like any other", async () => {
    const { url } = await httpFault((_, response) => response.writeHead(302).end());
    expect(ended(await check({ url }))).toEqual([1, "down", "http.status"]);
    expect(ended(await check({ url, conditions: "[STATUS] == 302" }))).toEqual([0, "healthy", "ok"]);
  });
});

describe("conditions", () => {
  it("stated ones alone decide", async () => {
    const { url } = await httpFault((_, response) => response.writeHead(503, { "x-why": "planned" }).end('{"a":[{"b":null}]}'));
    for (const conditions of ["[STATUS] == 503", "[HEADER].x-why == planned", "[BODY].a[0].b == null\nhas([BODY].a[1]) == false"])
      expect(ended(await check({ url, conditions }))).toEqual([0, "healthy", "ok"]);
    expect(ended(await check({ url, conditions: "[RESPONSE_TIME] < 0" }))).toEqual([1, "down", "latency.assert"]);
  });
  it("that say nothing are mistakes, all told at once", async () => {
    const wrong = ["[STATUS] == fine", "[STATUS]", "[NOBODY] == 1", "1 == 1", "[BODY].a[ == 1", "[STATUS] == 200 || true"];
    const run = await check({ targets: JSON.stringify([{ name: "a", url: "http://192.0.2.1", conditions: wrong }]) });
    expect(run.exitCode).toBe(2);
    for (const condition of wrong) expect(run.log).toContain(JSON.stringify(condition));
  });
});

describe("what nobody knows", () => {
  it("is worse than degraded and better than down", async () => {
    const { url } = await httpFault((_, response) => response.writeHead(500).end());
    const unknown = "- {name: u, kind: heartbeat, grace: 1h}";
    const held = `- {name: d, url: "${url}", for: 1h}`;
    const store = { baseline: "kept/state.json" };
    expect(ended(await check({ targets: held, ...store }))).toEqual([0, "degraded", "http.status"]);
    expect(ended(await check({ targets: held, ...store, "fail-on": "degraded" }))).toEqual([1, "degraded", "http.status"]);
    expect(ended(await check({ targets: `${held}\n${unknown}`, ...store }))).toEqual([3, "unknown", "heartbeat.never"]);
    const all = await check({ targets: `${held}\n${unknown}\n- {name: x, url: "${url}"}`, ...store });
    expect([...ended(all), all.outputs["down"], all.outputs["unknown"], all.outputs["degraded"]]).toEqual([
      1,
      "down",
      "http.status",
      "1",
      "1",
      "1",
    ]);
  });
  it("a control that fails alone fails nothing", async () => {
    const { url } = await ok();
    const targets = `- {name: api, url: "${url}"}\n- {name: net, url: "tcp://127.0.0.1:${await refusedPort()}", control: true}`;
    const run = await check({ targets });
    expect([...ended(run), run.outputs["healthy"]]).toEqual([0, "healthy", "ok", "1"]);
  });
});

describe("time", () => {
  it("a deadline cuts the verify phase, and what is missing is not guessed", async () => {
    const { url } = await ok();
    const run = await check({ url, duration: "900ms", interval: "300ms", deadline: "1s", "startup-deadline": "500ms" });
    expect(ended(run)).toEqual([0, "healthy", "ok"]);
    const slow = await httpFault((_, response) => void setTimeout(() => response.end("ok"), 400));
    const cut = await check({ url: slow.url, duration: "900ms", interval: "100ms", deadline: "1s" });
    expect(ended(cut)).toEqual([3, "unknown", "deadline"]);
  });
  it("start-up failures do not count, those after it do", async () => {
    const fault = await httpFault((_, response, count) => response.writeHead(count < 4 || count === 6 ? 503 : 200).end());
    const run = await check({ url: fault.url, "startup-deadline": "5s", duration: "60ms", "min-success": "80" });
    expect([...ended(run), rows(run)[0]?.successes, fault.requests]).toEqual([0, "healthy", "ok", 5, 10]);
    const never = await httpFault((_, response) => response.writeHead(503).end());
    expect(ended(await check({ url: never.url, "startup-deadline": "100ms", duration: "1s" }))).toEqual([1, "down", "http.status"]);
  });
  it.each([["0s"], ["5 minutes please"]])("a deadline of %s is a mistake", async (deadline) => {
    expect((await check({ url: "http://192.0.2.1", deadline })).exitCode).toBe(2);
  });
});

describe("names", () => {
  it("of strangers are words, not commands or markup", async () => {
    const { url } = await httpFault((_, response) => response.writeHead(500).end("::error::body\n##[add-path]x"));
    const names = [
      "::error::oops",
      "##[group]x",
      "</table><script>alert(1)</script>",
      "a|b`c`*d* @team #1",
      "%0A::warning::x",
      "\u202eevil",
      "__proto__",
    ];
    const targets = JSON.stringify(names.map((name) => ({ name, url, conditions: ["[BODY] == x"] })));
    const run = await check({ targets });
    expect(ended(run)).toEqual([1, "down", "body.assert"]);
    expect(
      rows(run)
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
    // In a code span it is only text.
    expect(run.summary.replaceAll(/`[^`\n]*`/g, "")).not.toMatch(/<script>|@team/);
    expect(run.log).not.toContain("\u202e");
  });
  it("that are too long, empty, or more than a line are mistakes", async () => {
    const names = ["x".repeat(201), "two\nlines", "", "esc\u001b[31m"];
    const run = await check({ targets: JSON.stringify(names.map((name) => ({ name, url: "http://192.0.2.1" }))) });
    expect([run.exitCode, run.outputs["summary"]?.match(/name: /g)?.length]).toEqual([2, names.length]);
  });
});

describe("secrets", () => {
  it("that a server sends back are hidden whole, wherever an excerpt is cut", async () => {
    const secret = "s3cr3t/with+signs=and-forty-characters-00";
    const forms = [secret, btoa(secret), encodeURIComponent(secret), btoa(`x${secret}`), Buffer.from(secret).toString("hex")];
    const bodies = forms.flatMap((form) => [form, `${"y".repeat(45)}${form}`, JSON.stringify({ status: form })]);
    const fault = await httpFault((_, response, count) =>
      response.writeHead(500, { "x-echo": encodeURIComponent(secret) }).end(bodies[(count - 1) % bodies.length]),
    );
    const targets = JSON.stringify(
      bodies.map((_, index) => ({
        name: `t${index}`,
        url: fault.url,
        headers: { Authorization: `Bearer ${secret}` },
        conditions: [index % 2 === 0 ? "[BODY] == x" : "[HEADER].x-echo == x"],
      })),
    );
    const run = await check({ targets }, { env: { RUNNER_DEBUG: "1" } });
    expect(run.exitCode).toBe(1);
    const shown = shownBy(run);
    for (const form of forms) for (let at = 0; at + 9 <= form.length; at += 4) expect(shown).not.toContain(form.slice(at, at + 9));
  });
  it("in odd addresses are hidden, also where the address is wrong", async () => {
    const secrets = ["hunter2-hunter2", "frag-ment-token", "amz-signature-123", "redis-pass-word"];
    const { port } = await ok();
    const addresses = [
      `http:me:${secrets[0]}@127.0.0.1:${port}/`,
      `http://127.0.0.1:${port}/#access_token=${secrets[1]}`,
      `http://127.0.0.1:${port}/?X-Amz-Signature=${secrets[2]}&a=b`,
      `redis://:${secrets[3]}@127.0.0.1:${port}`,
      `http://me:${secrets[0]}@[bad`,
    ];
    for (const list of [addresses.slice(0, 4), addresses.slice(4)]) {
      const run = await check({ targets: JSON.stringify(list.map((url) => ({ url }))), timeout: "500ms" }, { env: { RUNNER_DEBUG: "1" } });
      for (const secret of secrets) expect(shownBy(run)).not.toContain(secret);
    }
  });
});

describe("inputs", () => {
  it("targets may be JSON, a file, or another tool's list", async () => {
    const { url } = await ok();
    const workspace = temporaryFolder();
    const list = [{ name: "api", url }];
    writeFileSync(join(workspace, "targets.json"), JSON.stringify(list));
    writeFileSync(
      join(workspace, "gatus.yaml"),
      `endpoints:\n  - {name: api, group: core, url: "${url}", interval: 1m, conditions: ["[STATUS] == 200"]}\n`,
    );
    writeFileSync(
      join(workspace, ".upptimerc.yml"),
      `owner: a\nrepo: b\nsites:\n  - {name: api, url: "${url}", expectedStatusCodes: [200]}\n`,
    );
    for (const targets of [JSON.stringify(list), "targets.json", "gatus.yaml", ".upptimerc.yml"])
      expect(ended(await check({ targets }, { workspace }))).toEqual([0, "healthy", "ok"]);
    expect((await check({ targets: "missing.yaml" }, { workspace })).exitCode).toBe(2);
  });
  it("every mistake is told at once, with its place", async () => {
    const targets =
      "- name: a\n  url: ftp://x\n- name: a\n  url: http://x\n  atempts: 3\n- url: tcp://x\n- {name: p, kind: prometheus, query: up}\n- 7";
    const run = await check({ targets });
    expect(run.exitCode).toBe(2);
    for (const words of ["line 2", "line 5", "attempts", "line 6", "conditions", "line 8"]) expect(run.log).toContain(words);
  });
});

describe("HTTP", () => {
  it("is told from what is none", async () => {
    const cases = [
      ["an old server that speaks first", "220 smtp ready\r\n", "down", "http.protocol"],
      ["nothing but zeros", "\u0000\u0001\u0002", "down", "http.slow"],
      ["an answer without headers or end", "HTTP/1.1 200 OK\r\n\r\n", "down", "http.slow"],
      ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "down", "http.protocol"],
      ["early hints", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "healthy", "ok"],
      ["chunks with trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nA: b\r\n\r\n", "healthy", "ok"],
    ] as const;
    const targets = await Promise.all(
      cases.map(async ([name, answer]) => ({
        name,
        url: (await tcpFault((socket) => void socket.write(answer))).url,
        conditions: ["[BODY] == ok"],
      })),
    );
    const run = await check({ targets: JSON.stringify(targets), timeout: "500ms" });
    expect(rows(run).map(({ name, status, reason }) => [name, status, reason])).toEqual(cases.map(([name, , ...told]) => [name, ...told]));
  });
});
