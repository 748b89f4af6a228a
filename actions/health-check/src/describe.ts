import type { CheckResult, Status, TargetResult } from "../../../packages/probe/model.ts";
import type { Block, Rule, Section } from "../../../packages/report/model.ts";
import type { Past } from "./history.ts";

const rank: Readonly<Record<Status, number>> = { down: 0, unknown: 1, degraded: 2, healthy: 3 };
const shownRows = 100;

export function worstFirst(targets: readonly TargetResult[]): TargetResult[] {
  return targets.toSorted((a, b) => rank[a.status] - rank[b.status]);
}

export function ruleOf(target: TargetResult, verdict: Rule["verdict"]): Rule {
  return {
    name: target.name,
    verdict,
    actual: target.status,
    ...(target.status === "healthy" ? {} : { why: `${target.reason}: ${target.evidence}` }),
  };
}

export function headlineOf({ targets, availability, latency }: CheckResult): string {
  const judged = targets.filter(({ control }) => !control);
  const bad = worstFirst(judged).filter(({ status }) => status !== "healthy");
  const [worst] = bad;
  if (worst === undefined) {
    const speed = latency.p95 === undefined ? "" : `, p95 ${latency.p95} ms`;
    const share = availability === undefined ? "" : `, availability ${availability.toFixed(2)} %`;
    return judged.length === 1
      ? `${judged[0]?.name ?? ""} is healthy: ${judged[0]?.evidence ?? ""}${speed}`
      : `all ${judged.length} targets are healthy${share}${speed}`;
  }
  const others = bad.length === 1 ? "" : `; ${bad.length - 1} more of ${judged.length} are not healthy`;
  return `${worst.name} is ${worst.status}: ${worst.reason} (${worst.evidence})${others}`;
}

export function sectionsOf({ targets }: CheckResult, history: readonly Past[]): Section[] {
  const rows = worstFirst(targets);
  const number = (value: number | undefined): string => (value === undefined ? "–" : String(value));
  const table: Block = {
    kind: "table",
    columns: [
      { title: "Target" },
      { title: "Status" },
      { title: "Reason" },
      { title: "Succeeded", align: "right" },
      { title: "p95 ms", align: "right" },
      { title: "What was seen" },
    ],
    rows: rows
      .slice(0, shownRows)
      .map((target) => [
        `${target.name}${target.control ? " (control)" : ""}`,
        target.status === "healthy" ? target.status : { strong: target.status },
        { code: target.reason },
        `${target.successes} of ${target.attempts}`,
        number(target.latency.p95),
        target.evidence,
      ]),
    ...(rows.length > shownRows ? { more: rows.length - shownRows } : {}),
  };
  const points = history.flatMap(({ at, availability }) =>
    availability === undefined ? [] : [{ label: at.slice(0, 16), value: availability }],
  );
  const trend: Block[] = points.length < 2 ? [] : [{ kind: "trend", title: "Availability", unit: "%", points }];
  return [{ title: "Targets", blocks: [table, ...trend] }];
}

export function dataOf({ targets }: CheckResult): Readonly<Record<string, unknown>> {
  return {
    targets: targets.map(({ counted: _counted, refused: _refused, since, latency, ...target }) => ({
      ...target,
      latency: { p50: latency.p50 ?? null, p95: latency.p95 ?? null, p99: latency.p99 ?? null },
      ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
    })),
  };
}
