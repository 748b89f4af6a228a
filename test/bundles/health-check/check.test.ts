import { afterAll, afterEach, describe, expect, it } from "vitest";
import { closeFaults, httpFault, refusedPort, tcpFault } from "../../packages/probe/fault-server.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";
import { check, ended, rows } from "./check.ts";

afterEach(closeFaults);
afterAll(cleanUp);
const ok = () => httpFault((_, response) => response.end("ok"));
const broken = () => httpFault((_, response) => response.writeHead(500).end());

describe("exit codes", () => {
  it("healthy is 0", async () => {
    const { url } = await ok();
    const run = await check({ url });
    expect(ended(run)).toEqual([0, "healthy", "ok"]);
    expect([run.outputs["healthy"], run.outputs["down"], run.outputs["availability"]]).toEqual(["1", "0", "100.00"]);
  });
  it("down is 1, and not enforced 0", async () => {
    const { url } = await broken();
    expect(ended(await check({ url }))).toEqual([1, "down", "http.status"]);
    expect((await check({ url, enforce: "false" })).exitCode).toBe(0);
  });
  it("unknown is 3, and by choice 0", async () => {
    const targets = "- name: beat\n  kind: heartbeat\n  grace: 1h";
    expect(ended(await check({ targets }))).toEqual([3, "unknown", "heartbeat.never"]);
    const run = await check({ targets, "on-unknown": "warn" });
    expect([run.exitCode, run.outputs["verdict"]]).toEqual([0, "neutral"]);
  });
  it("a refused address is unknown, and 2", async () => {
    const fault = await ok();
    expect(ended(await check({ url: fault.url, "allow-private": "false" }))).toEqual([2, "unknown", "address.private"]);
    expect(fault.requests).toBe(0);
    expect(ended(await check({ url: "http://169.254.169.254/latest" }))).toEqual([2, "unknown", "address.private"]);
  });
  it.each([
    ["nothing", {}],
    ["both", { url: "http://a.example", targets: "- {name: a, url: 'http://a.example'}" }],
    ["an empty list", { targets: "[]" }],
    ["an unknown key", { targets: "- {name: a, url: 'http://a.example', retries: 3}" }],
    ["twins", { targets: "- {name: a, url: 'http://a.example'}\n- {name: a, url: 'http://b.example'}" }],
    ["a bad condition", { url: "http://a.example", conditions: "[STATUS] is 200" }],
    ["a network that is none", { url: "http://a.example", "allow-private": "home" }],
    ["a duration without a sample", { url: "http://a.example", duration: "1s", interval: "2s" }],
    ["a duration over the deadline", { url: "http://a.example", duration: "1m", deadline: "10s" }],
    ["a streak that cannot be", { url: "http://a.example", attempts: "2", "success-streak": "3" }],
    ["a beat without a name", { beat: "a b" }],
  ])("%s is 2", async (_, inputs) => {
    expect((await check(inputs)).exitCode).toBe(2);
  });
});

describe("counts", () => {
  it("makes exactly as many requests as it was told", async () => {
    const fault = await broken();
    const run = await check({ url: fault.url, attempts: "4" });
    expect([fault.requests, rows(run)[0]?.attempts, rows(run)[0]?.successes]).toEqual([4, 4, 0]);
    const verify = await ok();
    const second = await check({ url: verify.url, duration: "105ms", attempts: "3" });
    expect([verify.requests, rows(second)[0]?.successes]).toEqual([10, 10]);
    const streak = await ok();
    await check({ url: streak.url, attempts: "5", "success-streak": "3" });
    expect(streak.requests).toBe(3);
  });
  it("takes url-health-check's words", async () => {
    const fault = await broken();
    const other = await ok();
    await check({
      url: `${fault.url}|${other.url}`,
      "max-attempts": "3",
      "retry-delay": "1ms",
      "retry-all": "yes",
      "basic-auth": "me:secretsecret",
    });
    expect([fault.requests, other.requests]).toEqual([3, 1]);
    expect(other.seen[0]?.headers.authorization).toBe(`Basic ${btoa("me:secretsecret")}`);
    const leads = await httpFault((_, response) => response.writeHead(302, { location: other.url }).end());
    expect(ended(await check({ url: leads.url, "follow-redirect": "no" }))).toEqual([1, "down", "http.status"]);
  });
});

describe("the runner's own network", () => {
  it("F26: where the control fails too, nothing is known", async () => {
    const port = await refusedPort();
    const targets = `- {name: api, url: 'http://127.0.0.1:${port}'}\n- {name: net, url: 'tcp://127.0.0.1:${port}', control: true}`;
    const run = await check({ targets });
    expect(ended(run)).toEqual([3, "unknown", "runner.network"]);
  });
  it("a living control leaves the verdict as it is", async () => {
    const { url } = await ok();
    const targets = `- {name: api, url: 'http://127.0.0.1:${await refusedPort()}'}\n- {name: net, url: '${url}', control: true}`;
    expect(ended(await check({ targets }))).toEqual([1, "down", "tcp.refused"]);
  });
});

describe("bounds", () => {
  it("H2: the deadline holds against servers that never end", async () => {
    const { url } = await tcpFault((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const timer = setInterval(() => socket.write("x"), 10);
      socket.on("close", () => clearInterval(timer));
    });
    const targets = Array.from({ length: 20 }, (_, index) => `- {name: t${index}, url: '${url}', attempts: 100, timeout: 10s}`).join("\n");
    const begun = Date.now();
    expect(ended(await check({ targets, deadline: "1s" }))).toEqual([1, "down", "http.slow"]);
    // The process itself starts in well under a second; without the deadline this would take minutes.
    expect(Date.now() - begun).toBeLessThan(10_000);
  });
});

describe("secrets", () => {
  it("H6: are in no output, in no encoding, also when it fails and in debug logs", async () => {
    const { port } = await broken();
    const secrets = ["hunter2-password", "tok-abcdef-123456", "key-9876543210"];
    const targets = `- name: api\n  url: http://admin:${secrets[0]}@127.0.0.1:${port}/x?access_token=${secrets[1]}\n  headers: {X-Api-Key: ${secrets[2]}}`;
    for (const given of [targets, `${targets}\n  wrong: key`]) {
      const run = await check({ targets: given }, { env: { RUNNER_DEBUG: "1" } });
      const shown = [
        run.stdout.replaceAll(/^::add-mask::.*$/gm, ""),
        run.stderr,
        run.summary,
        JSON.stringify(run.report),
        JSON.stringify(run.outputs),
      ].join("\n");
      for (const secret of secrets) {
        for (const form of [secret, btoa(secret), encodeURIComponent(secret), btoa(`admin:${secret}`)]) expect(shown).not.toContain(form);
      }
    }
  });
});

describe("state", () => {
  it("records a heartbeat, and misses none", async () => {
    const workspace = temporaryFolder();
    const store = { baseline: "kept/state.json" };
    const targets = "- {name: backup, kind: heartbeat, beat: nightly, grace: 1h}";
    const recorded = await check({ beat: "nightly", ...store }, { workspace });
    expect(recorded.exitCode, recorded.log).toBe(0);
    expect(ended(await check({ targets, ...store }, { workspace }))).toEqual([0, "healthy", "ok"]);
  });
  it("sends one to an address", async () => {
    const fault = await ok();
    const run = await check({ beat: `${fault.url}/0b7a7c2e-secret-uuid` });
    expect([run.exitCode, fault.requests, fault.seen[0]?.url]).toEqual([0, 1, "/0b7a7c2e-secret-uuid"]);
    const lost = await check({ beat: `http://127.0.0.1:${await refusedPort()}/0b7a` });
    expect(lost.exitCode).toBe(3);
  });
});
