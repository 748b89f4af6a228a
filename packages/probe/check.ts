import { messageOf } from "../frame/errors.ts";
import { Masker } from "../frame/masking.ts";
import { type HeldTarget, holdFailures, recallFailing, waits } from "./hold.ts";
import { judgeObservation, type Sample } from "./judge.ts";
import type { CheckResult, CheckSettings, Kind, ProbePorts, Prober, Status, Target, TargetResult } from "./model.ts";
import { latencyOf } from "./percentiles.ts";

/** Kinds that do not leave this machine, so that a broken network says nothing about them. */
const local = new Set<Kind>(["disk", "command", "heartbeat"]);
const rank: Readonly<Record<Status, number>> = { healthy: 0, degraded: 1, unknown: 2, down: 3 };

/** Checks all targets, so many at once, and ends within the deadline whatever they do. */
export async function checkTargets(targets: readonly Target[], settings: CheckSettings, ports: ProbePorts): Promise<CheckResult> {
  const { prober } = ports;
  const last = (await prober.elapsed()) + settings.deadline;
  const end = last - (settings.reserve ?? 0);
  const recalled = targets.some(waits) ? recallFailing(ports) : undefined;
  const pending = targets.map((target) => new Watch(target, settings, prober, end));
  const queue = [...pending];
  const work = async (): Promise<void> => {
    for (let watch = queue.shift(); watch !== undefined; watch = queue.shift()) await watch.run();
  };
  const workers = Array.from({ length: Math.min(settings.concurrency, targets.length) }, work);
  await Promise.race([Promise.all(workers), prober.wait(end - (await prober.elapsed()) + slack)]);
  // First the controls: a broken network of this runner must not be remembered as the beginning of anyone's failure.
  const results = applyControls(pending.map((watch) => watch.result()));
  const checked = pending.flatMap(({ target }, index): HeldTarget[] => {
    const result = results[index];
    return result === undefined ? [] : [{ target, result }];
  });
  return summarise(
    recalled === undefined ? results : await holdFailures(checked, recalled, ports, last),
    pending.flatMap((watch) => (watch.target.control ? [] : watch.latencies)),
  );
}

/** A probe ends by itself at its timeout; this is for one that does not. */
const slack = 100;
/** An attempt that gets less time than this, and less than its timeout, proves nothing. */
const tooShort = 100;

/** One target through its phases: start-up, stabilise, verify. */
class Watch {
  readonly target: Target;
  readonly #settings: CheckSettings;
  readonly #prober: Prober;
  readonly #end: number;
  readonly latencies: number[] = [];
  readonly #counted: Sample[] = [];
  readonly #masker = new Masker();
  #attempts = 0;
  #last: Sample | undefined;
  #settled: Pick<Sample, "status" | "reason" | "evidence"> | undefined;
  #inFlight: number | undefined;

  constructor(target: Target, settings: CheckSettings, prober: Prober, end: number) {
    this.target = target;
    this.#settings = settings;
    this.#prober = prober;
    this.#end = end;
    for (const secret of target.secrets) this.#masker.add(secret);
  }

  async run(): Promise<void> {
    const { startupDeadline, duration, successStreak } = this.#settings;
    let ready = true;
    let streak = 0;
    if (startupDeadline !== undefined) {
      ready = await this.#startUp(startupDeadline);
      streak = ready ? 1 : 0;
    }
    if (ready && (duration === undefined || successStreak > 1)) ready = await this.#stabilise(streak);
    if (ready && duration !== undefined) await this.#verify(duration);
  }

  /** Asks until the first success; what fails before does not count. */
  async #startUp(limit: number): Promise<boolean> {
    const until = (await this.#prober.elapsed()) + limit;
    for (;;) {
      const left = until - (await this.#prober.elapsed());
      const sample = await this.#ask(Math.max(left, 1));
      if (sample?.status === "healthy") {
        this.#counted.push(sample);
        return true;
      }
      const last = (await this.#prober.elapsed()) + this.target.interval >= until;
      if (sample === undefined || sample.refused === true || last) {
        if (sample !== undefined) this.#counted.push(sample);
        return false;
      }
      await this.#pause(this.target.interval);
    }
  }

  /** At most `attempts` requests, until so many in a row have succeeded. */
  async #stabilise(already: number): Promise<boolean> {
    const { successStreak } = this.#settings;
    let streak = already;
    for (let attempt = 0; attempt < this.target.attempts && streak < successStreak; attempt++) {
      if (attempt > 0 || already > 0) await this.#pause(this.target.interval);
      const sample = await this.#ask();
      if (sample === undefined) return false;
      this.#counted.push(sample);
      streak = sample.status === "healthy" ? streak + 1 : 0;
      if (sample.refused === true) return false;
    }
    if (streak >= successStreak) return true;
    if (streak > 0)
      this.#settle(
        "down",
        "streak.short",
        `only ${streak} successes in a row of ${successStreak} wanted, in ${this.target.attempts} attempts`,
      );
    return false;
  }

  async #verify(duration: number): Promise<void> {
    const wanted = Math.floor(duration / this.target.interval);
    const start = await this.#prober.elapsed();
    this.#counted.length = 0;
    for (let index = 0; index < wanted; index++) {
      const due = start + index * this.target.interval - (await this.#prober.elapsed());
      if (due > 0) await this.#pause(due);
      const sample = await this.#ask();
      if (sample === undefined) break;
      this.#counted.push(sample);
      if (sample.refused === true) return;
    }
    this.#judgeVerify(wanted);
  }

  #judgeVerify(wanted: number): void {
    const { minSuccess } = this.#settings;
    const needed = Math.ceil(minSuccess * wanted - 1e-9);
    const good = this.#counted.filter(({ status }) => status === "healthy").length;
    const missing = wanted - this.#counted.length + this.#counted.filter(({ status }) => status === "unknown").length;
    const told = `${good} of ${wanted} samples succeeded, ${needed} are needed`;
    const bad = this.#counted.findLast(({ status }) => status === "down") ?? this.#counted.findLast(({ status }) => status !== "healthy");
    if (good >= needed) this.#settle("healthy", "ok", told);
    else if (good + missing >= needed)
      this.#settle("unknown", bad?.status === "unknown" ? bad.reason : "deadline", `${told}, and ${missing} are missing`);
    else this.#settle(bad?.status === "degraded" ? "degraded" : "down", bad?.reason ?? "deadline", `${told}; ${bad?.evidence ?? ""}`);
  }

  #settle(status: Status, reason: string, evidence: string): void {
    this.#settled = { status, reason, evidence };
  }

  async #pause(milliseconds: number): Promise<void> {
    const left = this.#end - (await this.#prober.elapsed());
    await this.#prober.wait(Math.max(0, Math.min(milliseconds, left)));
  }

  /** One request; undefined when no time is left for one. */
  async #ask(limit = Number.POSITIVE_INFINITY): Promise<Sample | undefined> {
    const now = await this.#prober.elapsed();
    const time = Math.min(this.target.timeout, this.#end - now, limit);
    if (time < 1 || (time < tooShort && time < this.target.timeout && this.#attempts > 0)) return undefined;
    this.#attempts++;
    this.#inFlight = now;
    const sample = judgeObservation(this.target, await this.#observe(time), this.#masker);
    this.#inFlight = undefined;
    // A refused address was not asked.
    if (sample.refused === true) this.#attempts--;
    if (this.#cutShort(time, limit, sample)) return undefined;
    if (sample.status === "healthy" || sample.status === "degraded") this.latencies.push(sample.elapsed);
    this.#last = sample;
    return sample;
  }

  /** A target that has answered before, and now only got what was left of the deadline, has not failed: nobody knows. */
  #cutShort(time: number, limit: number, { status, elapsed }: Sample): boolean {
    return time < Math.min(this.target.timeout, limit) && status === "down" && elapsed >= time - 1 && this.latencies.length > 0;
  }

  async #observe(time: number) {
    try {
      return await this.#prober.probe(this.target, time);
    } catch (error) {
      const evidence = `the check itself broke: ${messageOf(error).slice(0, 200)}`;
      return { failure: { status: "unknown", reason: "probe.error" } as const, facts: { connected: false }, evidence, elapsed: 0 };
    }
  }

  /** Where it stands, also when the deadline has cut it off. */
  result(): TargetResult {
    const { target } = this;
    const told = this.#verdict();
    const known = this.#counted.filter(({ status }) => status !== "unknown");
    const successes = known.filter(({ status }) => status === "healthy").length;
    return {
      name: target.name,
      kind: target.kind,
      status: told.status,
      reason: told.reason,
      attempts: this.#attempts,
      successes,
      latency: latencyOf(this.latencies),
      evidence: told.evidence,
      control: target.control,
      counted: { samples: known.length, successes },
      ...(target.severity === undefined ? {} : { severity: target.severity }),
      ...(this.#last?.refused === true ? { refused: true as const } : {}),
    };
  }

  #verdict(): Pick<Sample, "status" | "reason" | "evidence"> {
    if (this.#settled !== undefined) return this.#settled;
    const cut = { status: "unknown", reason: "deadline", evidence: "the deadline came before there was an answer" } as const;
    if (this.#last === undefined || this.#inFlight !== undefined) return cut;
    // Successes that were cut off before there were enough of them prove nothing.
    const { successStreak, duration } = this.#settings;
    const early = this.#last.status === "healthy" && (duration !== undefined || this.#counted.length < successStreak);
    return early ? { ...cut, evidence: `the deadline came after ${this.#attempts} requests: ${this.#last.evidence}` } : this.#last;
  }
}

/** Where no control can be reached, the network of this runner is what is broken. */
function applyControls(results: readonly TargetResult[]): TargetResult[] {
  const controls = results.filter(({ control }) => control);
  const cut = controls.length > 0 && controls.every(({ status }) => status === "down" || status === "unknown");
  if (!cut) return [...results];
  const names = controls
    .map(({ name }) => name)
    .slice(0, 3)
    .join(", ");
  return results.map((result) => {
    if (result.control || local.has(result.kind) || result.status === "healthy" || result.refused === true) return result;
    const evidence = `the control ${names} cannot be reached either, so this says nothing about the target (it was ${result.reason}: ${result.evidence})`;
    return { ...result, status: "unknown", reason: "runner.network", evidence, counted: { samples: 0, successes: 0 } };
  });
}

function summarise(targets: readonly TargetResult[], latencies: readonly number[]): CheckResult {
  const judged = targets.filter(({ control }) => !control);
  const worst = judged.toSorted((a, b) => rank[b.status] - rank[a.status])[0];
  const refused = targets.find((target) => target.refused === true);
  const samples = judged.reduce((sum, { counted }) => sum + counted.samples, 0);
  const successes = judged.reduce((sum, { counted }) => sum + counted.successes, 0);
  return {
    status: worst?.status ?? "unknown",
    reason: worst?.status === "down" ? worst.reason : (refused?.reason ?? worst?.reason ?? "unknown"),
    targets,
    availability: samples === 0 ? undefined : (100 * successes) / samples,
    latency: latencyOf(latencies),
  };
}
