import { UserError } from "../../../packages/frame/errors.ts";
import { at, numberAt, textAt } from "../../../packages/ledger/adapters/access.ts";
import type { Provider, Settled } from "../src/ports.ts";
import type { Opening } from "./opening.ts";

const askTimeout = 60_000;
const rolloutTimeout = 900_000;
/** The controller looks at a change within moments, unless it is down. */
const sightTimeout = 30_000;
/** How long a deadline that was exceeded before the rollback may still be shown. */
const staleTimeout = 60_000;
const pause = 1_000;

/** A Deployment's pod template, known by its hash: revisions are numbered anew by every rollback, and the hash stays. */
export function openKubernetes({ settings, exec, workingDirectory, clock }: Opening<"kubernetes">): Provider {
  const { namespace, deployment } = settings;
  const run = (args: readonly string[]) =>
    exec.run("kubectl", ["--namespace", namespace, ...args], { cwd: workingDirectory, timeout: askTimeout });
  const json = async (args: readonly string[]): Promise<unknown> => {
    const { exitCode, stdout, stderr } = await run([...args, "--output", "json"]);
    if (exitCode !== 0) throw new UserError(`kubectl ${args[0] ?? ""} failed: ${lastLine(stderr)}.`, { exitCode: 3 });
    return parse(stdout);
  };
  const look = async (): Promise<Rollout> => {
    const object = await json(["get", "deployment", deployment]);
    const sets = at(await json(["get", "replicasets", ...selector(object)]), "items");
    return { object, sets: (Array.isArray(sets) ? sets : []).filter((set) => isOwned(set, object)) };
  };
  /** Revisions and hashes are the controller's: before it has seen the newest template they are those of the one before. */
  const seen = async (): Promise<Rollout> => {
    const end = clock.now() + sightTimeout;
    for (;;) {
      const rollout = await look();
      if (isSeen(rollout)) return rollout;
      if (clock.now() > end) {
        const why = "Kubernetes has not looked at the newest change of the Deployment yet, so it is not known what runs";
        throw new UserError(`${why}: is its controller manager up?`, { exitCode: 3 });
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  };
  const revisionOf = ({ sets }: Rollout, hash: string): string =>
    textAt(
      sets.find((set) => hashOf(set) === hash),
      "metadata",
      "annotations",
      "deployment.kubernetes.io/revision",
    );
  return {
    async current() {
      return { release: currentHash(await seen()), others: [], commit: "", rollback: false };
    },
    resolve: async (name) => name,
    commitOf: async () => "",
    async look(release) {
      const revision = revisionOf(await seen(), release);
      if (revision === "")
        return { present: false, why: `no ReplicaSet of ${deployment} has the template hash ${release} any more (revisionHistoryLimit)` };
      return { present: true, why: `the ReplicaSet with the template hash ${release} is there` };
    },
    async credentials() {
      const { exitCode, stdout } = await run(["auth", "can-i", "patch", `deployments.apps/${deployment}`]);
      const said = new TextDecoder().decode(stdout).trim();
      if (exitCode !== 0 || !said.startsWith("yes")) return `these credentials may not change the Deployment ${deployment} in ${namespace}`;
      const paused = at((await look()).object, "spec", "paused") === true;
      return paused ? `the Deployment ${deployment} is paused, and kubectl changes nothing before it is resumed` : undefined;
    },
    steps: async (from, to) => [
      {
        kind: "undo",
        what: `roll the Deployment ${deployment} in ${namespace} back to the template hash ${to}`,
        undo: `roll it to the template hash ${from}`,
        with: { deployment, namespace, from, to },
      },
    ],
    async apply(step, _, guard) {
      const { from = "", to = "" } = step.with;
      const rollout = await seen();
      const now = currentHash(rollout);
      if (now === to) return { result: "already", why: `${to} runs` };
      if (now !== from) return { result: "conflict", why: `the template hash is ${now}, and neither ${from} nor ${to}` };
      const revision = revisionOf(rollout, to);
      if (!/^\d+$/.test(revision)) return { result: "conflict", why: `the revision with the template hash ${to} is gone` };
      await guard();
      const { exitCode, stderr } = await run(["rollout", "undo", `deployment/${deployment}`, `--to-revision=${revision}`]);
      if (exitCode !== 0) throw new UserError(`kubectl rollout undo failed: ${lastLine(stderr)}. Run it again to go on.`, { exitCode: 3 });
      return { result: "done", why: `rolled back to revision ${revision}` };
    },
    async settled({ to }) {
      const start = clock.now();
      for (;;) {
        const waited = clock.now() - start;
        const state = progressOf(await look(), to, waited);
        if (state !== undefined) return state;
        if (waited > rolloutTimeout) return { ok: false, why: `the rollout did not end within ${rolloutTimeout / 60_000} minutes` };
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    },
  };
}

interface Rollout {
  readonly object: unknown;
  readonly sets: readonly unknown[];
}

function selector(object: unknown): readonly string[] {
  const labels = at(object, "spec", "selector", "matchLabels");
  if (typeof labels !== "object" || labels === null) return [];
  return [
    "--selector",
    Object.entries(labels)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(","),
  ];
}

function isOwned(set: unknown, object: unknown): boolean {
  const owners = at(set, "metadata", "ownerReferences");
  const uid = textAt(object, "metadata", "uid");
  return Array.isArray(owners) && owners.some((owner) => textAt(owner, "uid") === uid);
}

const hashOf = (set: unknown): string => textAt(set, "metadata", "labels", "pod-template-hash");

/** The hash of the ReplicaSet with the Deployment's own revision, once the controller has seen the newest template. */
function currentHash({ object, sets }: Rollout): string {
  const revision = textAt(object, "metadata", "annotations", "deployment.kubernetes.io/revision");
  const set = sets.find((each) => textAt(each, "metadata", "annotations", "deployment.kubernetes.io/revision") === revision);
  const hash = hashOf(set);
  if (hash === "")
    throw new UserError("The Deployment has no ReplicaSet for its revision yet, so it is not known what runs.", { exitCode: 3 });
  return hash;
}

function isSeen({ object }: Rollout): boolean {
  return (numberAt(object, "status", "observedGeneration") ?? 0) >= (numberAt(object, "metadata", "generation") ?? 0);
}

/** `undefined` while it is still going on. kubectl's own exit code is not asked: it has been wrong both ways. */
function progressOf(rollout: Rollout, to: string, waited: number): Settled | undefined {
  if (!isSeen(rollout)) return undefined;
  const { object } = rollout;
  const now = currentHash(rollout);
  if (now !== to) return { ok: false, why: `the template hash is ${now}, and not ${to}` };
  if (isStuck(rollout, to, waited)) return { ok: false, why: "the rollout exceeded its progressDeadlineSeconds" };
  const wanted = numberAt(object, "spec", "replicas") ?? 1;
  // Counts that are absent are zero.
  const [updated, available, all] = ["updatedReplicas", "availableReplicas", "replicas"].map(
    (name) => numberAt(object, "status", name) ?? 0,
  );
  return updated === wanted && available === wanted && all === wanted
    ? { ok: true, why: `${to} runs, ${wanted} of ${wanted} replicas are available` }
    : undefined;
}

/** What was left may have exceeded its deadline, and Kubernetes says so until the rollback makes progress: the message names the ReplicaSet. */
function isStuck({ object, sets }: Rollout, to: string, waited: number): boolean {
  const conditions = at(object, "status", "conditions");
  const exceeded = Array.isArray(conditions) && conditions.find((each) => textAt(each, "reason") === "ProgressDeadlineExceeded");
  if (!exceeded) return false;
  const message = textAt(exceeded, "message");
  const other = sets.some((set) => hashOf(set) !== to && message.includes(`"${textAt(set, "metadata", "name")}"`));
  return !other || waited > staleTimeout;
}

function parse(stdout: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(stdout)) as unknown;
  } catch {
    throw new UserError("kubectl did not answer with JSON.", { exitCode: 3 });
  }
}

function lastLine(stderr: string): string {
  return (stderr.trim().split("\n").at(-1) ?? "").slice(0, 300).replace(/\.$/, "");
}
