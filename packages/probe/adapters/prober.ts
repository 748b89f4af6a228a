import type { Observation, Prober, ProberOptions, Target } from "../model.ts";
import { probeCluster } from "./cluster.ts";
import { Deadline, ProbeFailure, socketFailure } from "./failure.ts";
import { probeGrpc } from "./grpc.ts";
import { probeHttp } from "./http.ts";
import { probeCommand, probeDisk, probeHeartbeat, probePrometheus } from "./measure.ts";
import { probeNameServer } from "./name-server.ts";
import { probeWire } from "./wire.ts";

/** The world as targets are asked in it. */
export function openProber(options: ProberOptions): Prober {
  return {
    probe: (target, timeout) => probe(target, timeout, options),
    elapsed: async () => performance.now(),
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, 2_147_483_647))),
  };
}

async function probe(target: Target, timeout: number, options: ProberOptions): Promise<Observation> {
  const deadline = new Deadline(timeout);
  try {
    return await dispatch(target, options, deadline);
  } catch (error) {
    const failure = error instanceof ProbeFailure ? error : socketFailure(error, target.kind);
    const { status, reason, refused, facts, message } = failure;
    return {
      failure: { status, reason, ...(refused ? { refused: true as const } : {}) },
      facts: { connected: false, ...facts },
      evidence: message,
      elapsed: deadline.elapsed,
    };
  }
}

function dispatch(target: Target, { allowPrivate, exec, memory, clock }: ProberOptions, deadline: Deadline): Promise<Observation> {
  switch (target.kind) {
    case "http":
    case "https":
      return probeHttp(target, allowPrivate, deadline);
    case "grpc":
    case "grpcs":
      return probeGrpc(target, allowPrivate, deadline);
    case "dns":
      return probeNameServer(target, allowPrivate, deadline);
    case "disk":
      return probeDisk(target, deadline);
    case "command":
      return probeCommand(target, exec, deadline);
    case "heartbeat":
      return probeHeartbeat(target, memory, clock.now(), deadline);
    case "prometheus":
      return probePrometheus(target, allowPrivate, clock.now(), deadline);
    case "kubernetes":
      return probeCluster(target, exec, clock.now(), deadline);
    default:
      return probeWire(target, allowPrivate, deadline);
  }
}
