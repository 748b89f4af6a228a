import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../packages/frame/adapters/yaml.ts";
import { mayAsk } from "../../../packages/probe/addresses.ts";
import { firstBroken, matches, parseCondition } from "../../../packages/probe/conditions.ts";
import { lastDue, parseSchedule, type Schedule } from "../../../packages/probe/cron.ts";
import { judgeRollout } from "../../../packages/probe/kubernetes.ts";
import type { AllowPrivate, Facts } from "../../../packages/probe/model.ts";
import { secretsIn, splitAddress } from "../../../packages/probe/secrets.ts";
import { parseTargets } from "../../../packages/probe/targets.ts";

describe("conditions", () => {
  const facts: Facts = {
    connected: true,
    status: 200,
    body: '{"status":"UP","items":[{"id":7},{"id":8}],"name":"john doe","none":null,"flag":false}',
    headers: { "content-type": "text/html; charset=utf-8" },
    certificate: 72 * 3_600_000,
  };
  it.each([
    ["[STATUS] == 200", true],
    ["[STATUS] == any(200, 204)", true],
    ["[STATUS] != 200", false],
    ["[STATUS] < 300", true],
    ["[RESPONSE_TIME] < 300", true],
    ["[RESPONSE_TIME] < 10ms", false],
    ["[CERTIFICATE_EXPIRATION] > 48h", true],
    ["[CERTIFICATE_EXPIRATION] > 4d", false],
    ["[BODY].status == UP", true],
    ["[BODY].items[1].id == 8", true],
    ["[BODY].items[9].id == 8", false],
    ["len([BODY].items) == 2", true],
    ["len([BODY].name) > 3", true],
    ["has([BODY].errors) == false", true],
    ["has([BODY].status) == true", true],
    ["[BODY].name == pat(john*)", true],
    ["[BODY].missing != x", false],
    ["[BODY].flag == false", true],
    ["[BODY].__proto__ == x", false],
    ["[HEADER].content-type == pat(text/html*)", true],
    ["[CONNECTED] == true", true],
  ])("%s is %s", (text, holds) => {
    expect(firstBroken([parseCondition(text)], facts, 50, "https") === undefined).toBe(holds);
  });
  it.each([
    "",
    "[STATUS]",
    "[STATUS]==200",
    "[NOPE] == 1",
    "1 == 1",
    "[STATUS] == fine",
    "[BODY] < pat(x)",
    "[STATUS].x == 1",
    "[BODY]..a == 1",
    "len(3) == 3",
    "[HEADER] == x",
  ])("refuses %j", (text) => {
    expect(() => parseCondition(text)).toThrow(/condition/);
  });
  it("matches patterns in linear time", () => {
    expect(matches("*a*a*a*a*a*a*a*a*b", "a".repeat(100_000))).toBe(false);
    expect([matches("a*c", "abc"), matches("a*bc*c", "abc"), matches("*", "")]).toEqual([true, false, true]);
  });
});

describe("addresses", () => {
  it.each<[string, AllowPrivate, boolean]>([
    ["8.8.8.8", false, true],
    ["2606:4700::1111", false, true],
    ["127.0.0.1", false, false],
    ["10.1.2.3", false, false],
    ["172.31.0.1", false, false],
    ["172.32.0.1", false, true],
    ["192.168.1.1", false, false],
    ["100.64.0.1", false, false],
    ["0.0.0.0", false, false],
    ["::1", false, false],
    ["::ffff:127.0.0.1", false, false],
    ["::ffff:7f00:1", false, false],
    ["64:ff9b::7f00:1", false, false],
    ["64:ff9b::808:808", false, true],
    ["2002:7f00:1::", false, false],
    ["fd00::1", false, false],
    ["fe80::1%eth0", false, false],
    ["127.0.0.1", true, true],
    ["10.0.0.1", true, true],
    ["169.254.169.254", true, false],
    ["::ffff:169.254.169.254", true, false],
    ["fd00:ec2::254", true, false],
    ["100.100.100.200", true, false],
    ["169.254.169.254", ["0.0.0.0/0"], false],
    ["169.254.169.254", ["169.254.169.254"], true],
    ["10.0.0.1", ["10.0.0.0/8"], true],
    ["11.0.0.1", ["10.0.0.0/8"], true],
    ["192.168.0.1", ["10.0.0.0/8"], false],
    ["not an address", true, false],
    ["127.1", true, false],
  ])("%s with %j: %s", (address, allow, may) => {
    expect(mayAsk(address, allow)).toBe(may);
  });
});

describe("cron", () => {
  const due = (text: string, zone: string, now: string): string => {
    const schedule = parseSchedule(text);
    if (typeof schedule === "string") throw new Error(schedule);
    return new Date(lastDue(schedule as Schedule, zone, Date.parse(now)) ?? 0).toISOString();
  };
  it.each([
    ["0 3 * * *", "UTC", "2026-11-21T06:00:00Z", "2026-11-21T03:00:00.000Z"],
    ["0 3 * * *", "UTC", "2026-11-21T02:59:59Z", "2026-11-20T03:00:00.000Z"],
    ["0 3 * * *", "Europe/Berlin", "2026-11-21T06:00:00Z", "2026-11-21T02:00:00.000Z"],
    ["30 2 * * *", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-29T01:30:00.000Z"],
    ["30 2 * * *", "Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-25T00:30:00.000Z"],
    ["*/15 * * * *", "Asia/Kathmandu", "2026-11-21T06:07:00Z", "2026-11-21T06:00:00.000Z"],
    ["0 0 29 2 *", "UTC", "2026-11-21T06:00:00Z", "2024-02-29T00:00:00.000Z"],
    ["0 9 * * mon-fri", "UTC", "2026-11-22T12:00:00Z", "2026-11-20T09:00:00.000Z"],
    ["@weekly", "UTC", "2026-11-21T06:00:00Z", "2026-11-15T00:00:00.000Z"],
    ["0 0 1 * 1", "UTC", "2026-11-21T06:00:00Z", "2026-11-16T00:00:00.000Z"],
  ])("%s in %s before %s", (text, zone, now, wanted) => {
    expect(due(text, zone, now)).toBe(wanted);
  });
  it.each(["", "* * * *", "60 * * * *", "* * 31 2 *", "a b c d e", "5-1 * * * *", "*/0 * * * *"])("refuses %j", (text) => {
    expect(parseSchedule(text)).toBeTypeOf("string");
  });
});

describe("rollouts", () => {
  const whole = { observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 };
  const made = (status: object, spec: object = {}, kind = "Deployment") => ({
    kind,
    metadata: { name: "app", generation: 2 },
    spec: { replicas: 3, ...spec },
    status,
  });
  const late = { conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }] };
  const pod = (reason: string, more: object = {}) => ({
    metadata: { name: "app-1" },
    status: { containerStatuses: [{ state: { waiting: { reason } }, ...more }] },
  });
  const now = Date.parse("2026-11-21T06:00:00Z");
  it.each<[string, unknown, readonly unknown[], string, string]>([
    ["whole", made(whole), [], "healthy", "ok"],
    ["no ready replicas named", made({ observedGeneration: 2, replicas: 3, updatedReplicas: 3 }), [], "down", "k8s.unavailable"],
    ["no status at all", made({}), [], "unknown", "k8s.stale"],
    ["stale", made({ ...whole, observedGeneration: 1 }), [], "unknown", "k8s.stale"],
    ["paused midway", made({ ...whole, updatedReplicas: 1 }, { paused: true }), [], "unknown", "k8s.paused"],
    ["paused, but whole", made(whole, { paused: true }), [], "healthy", "ok"],
    ["surge", made({ ...whole, replicas: 4 }), [], "degraded", "k8s.progressing"],
    ["rolling", made({ ...whole, updatedReplicas: 1 }), [], "degraded", "k8s.progressing"],
    ["fewer than wanted", made({ ...whole, readyReplicas: 2, availableReplicas: 2 }), [], "degraded", "k8s.unavailable"],
    ["none wanted", made({ observedGeneration: 2 }, { replicas: 0 }), [], "healthy", "ok"],
    ["too late", made({ ...whole, updatedReplicas: 1, ...late }), [], "down", "k8s.progress_deadline"],
    [
      "quota",
      made({ observedGeneration: 2, conditions: [{ type: "ReplicaFailure", status: "True", message: "quota" }] }),
      [],
      "down",
      "k8s.replica_failure",
    ],
    ["crash loop", made({ ...whole, updatedReplicas: 1 }), [pod("CrashLoopBackOff")], "degraded", "k8s.crash_loop"],
    ["no image", made({ observedGeneration: 2, replicas: 3 }), [pod("ImagePullBackOff")], "down", "k8s.image_pull"],
    [
      "restarts",
      made(whole),
      [pod("", { state: { running: {} }, restartCount: 4, lastState: { terminated: { finishedAt: "2026-11-21T05:58:00Z" } } })],
      "degraded",
      "k8s.crash_loop",
    ],
    [
      "old restarts",
      made(whole),
      [pod("", { state: { running: {} }, restartCount: 4, lastState: { terminated: { finishedAt: "2026-11-20T05:58:00Z" } } })],
      "healthy",
      "ok",
    ],
    [
      "a stateful set",
      made({ ...whole, currentRevision: "b", updateRevision: "b", updatedReplicas: undefined }, {}, "StatefulSet"),
      [],
      "healthy",
      "ok",
    ],
    [
      "a stateful set that rolls",
      made({ ...whole, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" }, {}, "StatefulSet"),
      [],
      "degraded",
      "k8s.progressing",
    ],
    [
      "a daemon set",
      made({ observedGeneration: 2, desiredNumberScheduled: 3, numberAvailable: 2, updatedNumberScheduled: 3 }, {}, "DaemonSet"),
      [],
      "degraded",
      "k8s.unavailable",
    ],
    ["something else", { kind: "Status" }, [], "unknown", "k8s.shape"],
  ])("%s", (_, workload, pods, status, reason) => {
    const judged = judgeRollout(workload, pods, now);
    expect([judged.status, judged.reason]).toEqual([status, reason]);
  });
});

describe("targets", () => {
  const defaults = { attempts: 3, interval: 1_000, timeout: 5_000, prometheus: undefined };
  const parse = (text: string) => parseTargets(parseYaml(text, { input: "targets" }), defaults);
  it.each([
    ["[]", /empty/],
    ["x", /no list/],
    ["- name: a\n  url: https://a.example\n  retries: 3", /"retries" is no key/],
    ["- name: a\n  url: https://a.example\n- name: a\n  url: https://b.example", /already there/],
    ["- name: a\n  url: ftp://a.example", /of no kind that is known/],
    ["- name: a", /missing/],
    ["- name: a\n  url: tcp://a.example", /no port/],
    ["- name: a\n  kind: prometheus\n  query: up", /conditions/],
    ["- name: a\n  kind: command\n  command: rm -rf", /no list/],
    ["- name: a\n  url: https://a.example\n  timeout: 5", /no duration/],
    ["- name: a\n  url: kubernetes://x/job/y", /no rollout/],
    ["- name: a\n  url: https://a.example\n  control: true", /nothing to judge/],
    ["- name: a\n  url: dns://1.1.1.1", /query-name/],
    ["- name: a\n  kind: heartbeat\n  schedule: nonsense", /cron words/],
  ])("refuses %j", (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
  it("names every mistake with its place", () => {
    expect(() => parse("- name: a\n  url: nope://x\n- name: b\n  url: https://b.example\n  attempts: 0")).toThrow(/line 2.*line 5/s);
  });
  it("reads JSON, and lists as gatus has them", () => {
    expect(parse('{"endpoints":[{"name":"a","group":"core","url":"https://a.example","conditions":["[STATUS] == 200"]}]}')[0]?.name).toBe(
      "core/a",
    );
  });
  it("keeps credentials apart", () => {
    const { shown, secrets } = splitAddress("https://user:pa%24sword@a.example/x?token=abcd1234&page=2");
    expect(shown).toBe("https://a.example/x?token=***&page=2");
    expect(secrets).toEqual(expect.arrayContaining(["pa%24sword", "pa$sword", "abcd1234"]));
    expect(secretsIn([{ headers: { "X-Api-Key": "k-123456", Accept: "text/html" } }])).toEqual(["k-123456"]);
  });
});
