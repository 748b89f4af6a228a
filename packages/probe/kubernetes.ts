import type { Status } from "./model.ts";

/** A rollout, judged from the API object itself: an exit code of a tool says less. */
export interface Rollout {
  readonly status: Status;
  readonly reason: string;
  readonly evidence: string;
}

type Json = Readonly<Record<string, unknown>>;

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0;
}

interface Counts {
  readonly wanted: number;
  readonly available: number;
  readonly updated: number;
  readonly updatedWanted: number;
  /** All there are, old ones included. */
  readonly present: number;
}

/** `workload` as the API answers it, `pods` those of its selector; `now` in milliseconds since 1970. */
export function judgeRollout(workload: unknown, pods: readonly unknown[], now: number): Rollout {
  const { kind, metadata, spec, status } = object(workload);
  const generation = object(metadata).generation;
  const observed = object(status).observedGeneration;
  const known = ["Deployment", "StatefulSet", "DaemonSet"].includes(String(kind));
  if (!known || typeof object(metadata).name !== "string")
    return { status: "unknown", reason: "k8s.shape", evidence: "the API answered something that is no rollout" };
  if (typeof generation === "number" && (typeof observed !== "number" || observed < generation)) {
    return {
      status: "unknown",
      reason: "k8s.stale",
      evidence: `the cluster has seen generation ${typeof observed === "number" ? observed : "none"} of ${generation}`,
    };
  }
  const counts = countsOf(String(kind), object(spec), object(status));
  const complete = counts.updated >= counts.updatedWanted && counts.present <= counts.wanted;
  const told = `${counts.available} of ${counts.wanted} available, ${counts.updated} updated`;
  if (counts.wanted === 0) return { status: "healthy", reason: "ok", evidence: "no replicas are wanted" };
  if (object(spec).paused === true && !(complete && counts.available >= counts.wanted))
    return { status: "unknown", reason: "k8s.paused", evidence: `the rollout is paused midway: ${told}` };
  return byConditions(object(status), counts, complete, trouble(pods.map(object), now), told);
}

function countsOf(kind: string, spec: Json, status: Json): Counts {
  if (kind === "DaemonSet") {
    const wanted = count(status.desiredNumberScheduled);
    const onDelete = object(spec.updateStrategy).type === "OnDelete";
    return {
      wanted,
      available: count(status.numberAvailable),
      updated: count(status.updatedNumberScheduled),
      updatedWanted: onDelete ? 0 : wanted,
      present: 0,
    };
  }
  // Left out means 1 in a spec; in a status it means 0.
  const wanted = typeof spec.replicas === "number" ? spec.replicas : 1;
  const available = Math.min(
    count(status.availableReplicas ?? status.readyReplicas),
    "readyReplicas" in status ? count(status.readyReplicas) : 0,
  );
  if (kind === "Deployment")
    return { wanted, available, updated: count(status.updatedReplicas), updatedWanted: wanted, present: count(status.replicas) };
  const strategy = object(spec.updateStrategy);
  const partition = count(object(strategy.rollingUpdate).partition);
  const same = typeof status.currentRevision === "string" && status.currentRevision === status.updateRevision;
  const updatedWanted = strategy.type === "OnDelete" || same ? 0 : Math.max(0, wanted - partition);
  return { wanted, available, updated: same ? wanted : count(status.updatedReplicas), updatedWanted, present: 0 };
}

function byConditions(
  status: Json,
  counts: Counts,
  complete: boolean,
  pods: { reason: string; words: string } | undefined,
  told: string,
): Rollout {
  const conditions = list(status.conditions);
  const condition = (type: string): Json | undefined => conditions.find((each) => each.type === type);
  const progressing = condition("Progressing");
  const evidence = pods === undefined ? told : `${told}; ${pods.words}`;
  if (progressing?.status === "False" && progressing.reason === "ProgressDeadlineExceeded")
    return { status: "down", reason: "k8s.progress_deadline", evidence: `${evidence}; the rollout has exceeded its progress deadline` };
  const level = counts.available === 0 ? "down" : "degraded";
  const failure = condition("ReplicaFailure");
  if (failure?.status === "True") {
    const why = typeof failure.message === "string" ? failure.message.slice(0, 200) : String(failure.reason ?? "");
    return { status: level, reason: "k8s.replica_failure", evidence: `${evidence}; replicas cannot be made: ${why}` };
  }
  if (pods !== undefined) return { status: level, reason: pods.reason, evidence };
  if (counts.available === 0) return { status: "down", reason: "k8s.unavailable", evidence };
  if (!complete) return { status: "degraded", reason: "k8s.progressing", evidence };
  if (counts.available < counts.wanted) return { status: "degraded", reason: "k8s.unavailable", evidence };
  return { status: "healthy", reason: "ok", evidence };
}

const restartWindow = 600_000;
const manyRestarts = 3;

/** What the containers say, worst first. Pods that are going away do not count. */
function trouble(pods: readonly Json[], now: number): { reason: string; words: string } | undefined {
  const found = new Map<string, string>();
  for (const pod of pods) {
    if (object(pod.metadata).deletionTimestamp !== undefined) continue;
    const status = object(pod.status);
    for (const container of [...list(status.initContainerStatuses), ...list(status.containerStatuses)]) {
      const reason = containerTrouble(container, now);
      if (reason !== undefined && !found.has(reason))
        found.set(reason, `${String(object(pod.metadata).name).slice(0, 100)}: ${wordsOf(container)}`);
    }
  }
  for (const reason of ["k8s.image_pull", "k8s.crash_loop"]) {
    const words = found.get(reason);
    if (words !== undefined) return { reason, words };
  }
  return undefined;
}

function containerTrouble(container: Json, now: number): string | undefined {
  const waiting = object(object(container.state).waiting).reason;
  if (["ImagePullBackOff", "ErrImagePull", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"].includes(String(waiting)))
    return "k8s.image_pull";
  if (waiting === "CrashLoopBackOff") return "k8s.crash_loop";
  const ended = Date.parse(String(object(object(container.lastState).terminated).finishedAt ?? ""));
  const lately = !Number.isNaN(ended) && now - ended < restartWindow;
  return lately && count(container.restartCount) >= manyRestarts ? "k8s.crash_loop" : undefined;
}

function wordsOf(container: Json): string {
  const waiting = object(object(container.state).waiting).reason;
  return typeof waiting === "string" ? waiting.slice(0, 60) : `restarted ${count(container.restartCount)} times`;
}
