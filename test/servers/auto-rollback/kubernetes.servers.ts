/** The providers `kubernetes` and `helm` with the real kubectl and helm against a real control plane. */
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { play, told } from "../../bundles/auto-rollback/world.ts";
import { cleanUp, temporaryFolder } from "../../bundles/harness.ts";
import { titled } from "../available.ts";
import { type ControlPlane, controlPlaneMissing, startControlPlane } from "./control-plane.ts";

const missing = controlPlaneMissing();
let plane: ControlPlane;
beforeAll(async () => {
  if (missing !== undefined) return;
  plane = await startControlPlane();
  plane.kubectl(["create", "clusterrole", "look", "--verb=get,list", "--resource=deployments,replicasets"]);
  plane.kubectl(["create", "clusterrolebinding", "lookers", "--clusterrole=look", "--group=lookers"]);
});
afterAll(() => {
  plane?.stop();
  cleanUp();
});

type Play = (inputs: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>) => ReturnType<typeof play>;

function player(provider: string, settings: object): { run: Play; folder: string } {
  const folder = temporaryFolder();
  const fixed = { provider, settings: JSON.stringify(settings), backend: "file" };
  return { folder, run: (inputs, env = {}) => play(folder, { ...fixed, ...inputs }, { env: { ...plane.env, ...env } }) };
}

interface Shape {
  readonly image: string;
  readonly node?: string;
  readonly replicas?: number;
}

function apply(name: string, { image, node = "here", replicas = 1 }: Shape): void {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { nodeName: node, containers: [{ name: "web", image }] } };
  const spec = { replicas, progressDeadlineSeconds: 2, selector: { matchLabels: labels }, template };
  plane.kubectl(["apply", "--filename", "-"], JSON.stringify({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name }, spec }));
}

/** Whether the rollout ended well. */
function rolledOut(name: string): boolean {
  try {
    plane.kubectl(["rollout", "status", `deployment/${name}`, "--timeout=60s"]);
    return true;
  } catch {
    return false;
  }
}

const read = (name: string, path: string): string => plane.kubectl(["get", "deployment", name, "--output", `jsonpath={${path}}`]);
const imageOf = (name: string): string => read(name, ".spec.template.spec.containers[0].image");
const revisionOf = (name: string): string => read(name, ".metadata.annotations.deployment\\.kubernetes\\.io/revision");

describe.skipIf(missing !== undefined)(titled("kubernetes", missing), () => {
  it("goes back to the good template, past a bad one in between, once of two at once, and never toggles", async () => {
    const { run } = player("kubernetes", { deployment: "web" });
    for (const image of ["web:1", "web:2", "web:3"]) {
      apply("web", { image, replicas: 3 });
      expect(rolledOut("web")).toBe(true);
      if (image === "web:1") await run({ verdict: "pass", deployment: image });
    }
    const dry = await run({ verdict: "fail", deployment: "web:3", "dry-run": "true" });
    expect([told(dry).slice(0, 17), imageOf("web")]).toEqual(["0 neutral planned", "web:3"]);
    const pair = await Promise.all([1, 2].map(() => run({ verdict: "fail", deployment: "web:3" })));
    expect(pair.map(({ outputs }) => outputs["decision"]).sort(), pair[0]?.log).toEqual(["already-rolled-back", "rolled-back"]);
    expect(pair[0]?.outputs["plan-hash"]).toBe(dry.outputs["plan-hash"]);
    expect([imageOf("web"), revisionOf("web")]).toEqual(["web:1", "4"]);
    expect(told(await run({ verdict: "fail", deployment: "again", window: "0s" }))).not.toContain(" rolled-back");
    expect([imageOf("web"), revisionOf("web")]).toEqual(["web:1", "4"]);
  });

  it("leaves a release that never gets ready, of which Kubernetes has said that its deadline is exceeded", async () => {
    for (const [name, replicas] of [
      ["one", 1],
      ["four", 4],
    ] as const) {
      const { run } = player("kubernetes", { deployment: name });
      apply(name, { image: "web:1", replicas });
      expect(rolledOut(name)).toBe(true);
      await run({ verdict: "pass", deployment: "1" });
      apply(name, { image: "web:2", node: "nowhere", replicas });
      expect(rolledOut(name)).toBe(false);
      const back = await run({ verdict: "fail", deployment: "2" });
      expect(told(back), back.log).toContain("0 pass rolled-back");
      expect([imageOf(name), read(name, ".status.availableReplicas")]).toEqual(["web:1", String(replicas)]);
    }
  });

  it("halts where the good release does not get ready any more", async () => {
    const { run } = player("kubernetes", { deployment: "halting" });
    const leaving = { apiVersion: "v1", kind: "Node", metadata: { name: "leaving", annotations: { "kwok.x-k8s.io/node": "fake" } } };
    plane.kubectl(["apply", "--filename", "-"], JSON.stringify(leaving));
    apply("halting", { image: "web:1", node: "leaving" });
    expect(rolledOut("halting")).toBe(true);
    await run({ verdict: "pass", deployment: "1" });
    apply("halting", { image: "web:2" });
    expect(rolledOut("halting")).toBe(true);
    plane.kubectl(["delete", "node", "leaving"]);
    const halted = await run({ verdict: "fail", deployment: "2" });
    expect(told(halted), halted.log).toContain("1 fail halted verify-failed");
    expect(halted.outputs["summary"]).toContain("progressDeadlineSeconds");
    const before = revisionOf("halting");
    expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("1 fail halted verify-failed");
    expect(revisionOf("halting")).toBe(before);
  });

  it("refuses before any write: without the right, while it is paused, and when the revision is gone", async () => {
    const { run, folder } = player("kubernetes", { namespace: "default", deployment: "kept" });
    apply("kept", { image: "web:1" });
    expect(rolledOut("kept")).toBe(true);
    await run({ verdict: "pass", deployment: "1" });
    apply("kept", { image: "web:2" });
    expect(rolledOut("kept")).toBe(true);
    const looker = join(folder, "looker");
    writeFileSync(looker, readFileSync(plane.env["KUBECONFIG"] ?? "", "utf8").replace("current-context: admin", "current-context: looker"));
    const refused = await run({ verdict: "fail", deployment: "2" }, { KUBECONFIG: looker });
    expect(told(refused), refused.log).toContain("1 fail refused credentials-missing");
    plane.kubectl(["rollout", "pause", "deployment/kept"]);
    expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("1 fail refused credentials-missing");
    plane.kubectl(["rollout", "resume", "deployment/kept"]);
    plane.kubectl(["patch", "deployment", "kept", "--patch", '{"spec":{"revisionHistoryLimit":0}}']);
    apply("kept", { image: "web:3" });
    expect(rolledOut("kept")).toBe(true);
    await expect
      .poll(() => plane.kubectl(["get", "replicasets", "--selector", "app=kept", "--output", "name"]).trim().split("\n").length)
      .toBe(1);
    expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("1 fail refused artifact-missing");
    expect(imageOf("kept")).toBe("web:3");
    expect((await run({ verdict: "fail", settings: "{deployment: unheard-of}" })).exitCode).toBe(3);
  });
});

const chart = join(import.meta.dirname, "chart");
const upgrade = (release: string, ...sets: readonly string[]): string =>
  plane.helm(["upgrade", "--install", release, chart, ...sets.flatMap((each) => ["--set", each])]);
const statusOf = (release: string): readonly string[] =>
  (JSON.parse(plane.helm(["history", release, "--output", "json"])) as { status: string }[]).map(({ status }) => status);

describe.skipIf(missing !== undefined)(titled("helm", missing), () => {
  it("goes back to the revision that the ledger knows as good, and not to the one before", async () => {
    const { run } = player("helm", { release: "shop" });
    upgrade("shop", "image=web:1");
    expect(rolledOut("shop")).toBe(true);
    await run({ verdict: "pass", deployment: "1" });
    upgrade("shop", "image=web:2");
    upgrade("shop", "image=web:3");
    const pair = await Promise.all([1, 2].map(() => run({ verdict: "fail", deployment: "3" })));
    expect(pair.map(({ outputs }) => outputs["decision"]).sort(), pair[0]?.log).toEqual(["already-rolled-back", "rolled-back"]);
    expect([imageOf("shop"), statusOf("shop").length]).toEqual(["web:1", 4]);
    // Twice by hand: helm's own way would go forth again.
    expect(told(await run({ verdict: "fail", deployment: "4", window: "0s" }))).not.toContain(" rolled-back");
    expect([imageOf("shop"), statusOf("shop").length]).toEqual(["web:1", 4]);
  });

  it("gets out of an upgrade whose client was killed", async () => {
    const { run } = player("helm", { release: "killed" });
    upgrade("killed", "image=web:1");
    expect(rolledOut("killed")).toBe(true);
    await run({ verdict: "pass", deployment: "1" });
    const args = ["upgrade", "killed", chart, "--set", "image=web:2", "--set", "node=nowhere", "--wait"];
    const client = spawn("helm", args, { env: { ...process.env, ...plane.env }, stdio: "ignore" });
    await expect.poll(() => statusOf("killed").at(-1), { timeout: 30_000 }).toBe("pending-upgrade");
    client.kill("SIGKILL");
    const back = await run({ verdict: "fail", deployment: "2" });
    expect(told(back), back.log).toContain("0 pass rolled-back 2→1");
    expect([imageOf("killed"), statusOf("killed").at(-1)]).toEqual(["web:1", "deployed"]);
  });

  it("halts where helm cannot carry the rollback out, and does not try for ever", async () => {
    const { run } = player("helm", { release: "stuck" });
    upgrade("stuck", "image=web:1");
    expect(rolledOut("stuck")).toBe(true);
    await run({ verdict: "pass", deployment: "1" });
    // A selector cannot be changed, so there is no way back to the first but for a person.
    plane.kubectl(["delete", "deployment", "stuck"]);
    upgrade("stuck", "image=web:2", "selector=other");
    expect(rolledOut("stuck")).toBe(true);
    const halted = await run({ verdict: "fail", deployment: "2" });
    expect(told(halted), halted.log).toContain("1 fail halted verify-failed 2→1");
    expect(statusOf("stuck")).toHaveLength(3);
    expect(told(await run({ verdict: "fail", deployment: "2" }))).toContain("1 fail halted");
    expect(statusOf("stuck")).toHaveLength(3);
  });
});
