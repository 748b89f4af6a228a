import type { Outcome, Verdict } from "../../../packages/frame/outcome.ts";
import type { Block, Finding, Rule, Section, Text } from "../../../packages/report/model.ts";
import type { Asked } from "./asked.ts";
import type { Decision } from "./reason.ts";
import type { Told } from "./told.ts";

export interface RollbackOutputs {
  readonly decision: string | undefined;
  readonly reason: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly "plan-hash": string | undefined;
  readonly verified: boolean | undefined;
  readonly duration: number | undefined;
}

const verdicts: Readonly<Record<Decision, Verdict>> = {
  "rolled-back": "pass",
  "already-rolled-back": "pass",
  planned: "neutral",
  "nothing-to-do": "neutral",
  refused: "fail",
  halted: "fail",
};

export function outcomeOf(told: Told, asked: Asked): Outcome<RollbackOutputs> {
  const verdict = told.passes === true ? "pass" : verdicts[told.decision];
  const outputs: RollbackOutputs = {
    decision: told.decision,
    reason: told.reason,
    from: told.from,
    to: told.to,
    "plan-hash": told.plan?.hash,
    verified: told.verified,
    duration: told.duration,
  };
  return {
    verdict,
    headline: told.headline.replaceAll(/\s+/g, " ").slice(0, 500),
    outputs,
    report: {
      rules: [ruleOf(told, verdict)],
      findings: findingsOf(told),
      sections: sectionsOf(told, asked),
      notes: [...(told.notes ?? [])],
      data: dataOf(told, asked),
    },
  };
}

function ruleOf(told: Told, verdict: Verdict): Rule {
  if (verdict === "pass" || verdict === "neutral") return { name: "rollback", verdict };
  const stopped = told.rails.find(({ holds }) => !holds);
  return { name: "rollback", verdict, actual: told.decision, ...(stopped === undefined ? {} : { why: `${stopped.name}: ${stopped.why}` }) };
}

function findingsOf({ decision, headline }: Told): readonly Finding[] {
  return decision === "halted"
    ? [{ rule: "verify", severity: "error", message: `${headline}. This needs a person now: run commit, or revert.` }]
    : [];
}

function dataOf(told: Told, { environment, service, settings, operation }: Asked): Readonly<Record<string, unknown>> {
  const { plan, rails, timeline, migrations, health } = told;
  return {
    operation,
    environment,
    service,
    provider: settings.provider,
    plan:
      plan === undefined
        ? null
        : {
            provider: plan.provider,
            environment: plan.environment,
            service: plan.service,
            from: plan.from,
            to: plan.to,
            steps: plan.steps,
            hash: plan.hash,
          },
    rails: rails.map(({ name, holds, why }) => ({ name, holds, why })),
    timeline: (timeline ?? []).map(({ state, at, why }) => ({ at, state, why })),
    migrations: (migrations ?? []).map(({ path, class: kind, why }) => ({ path, class: kind, why })),
    health: health ?? null,
    approval: told.approval ?? null,
  };
}

function sectionsOf(told: Told, asked: Asked): readonly Section[] {
  return [planSection(told, asked), railSection(told), timelineSection(told), migrationSection(told), healthSection(told)].filter(
    (each) => each !== undefined,
  );
}

function table(titles: readonly string[], rows: readonly (readonly Text[])[]): Block {
  return { kind: "table", columns: titles.map((title) => ({ title })), rows };
}

/** What, why, evidence, risk, how to undo. */
function planSection({ plan, migrations = [], approval, fromCommit }: Told, asked: Asked): Section | undefined {
  if (plan === undefined) return undefined;
  const hard = migrations.filter((each) => each.class !== "expand").length;
  const risk =
    approval?.why ??
    (hard > 0 ? `${hard} migrations are no expansions` : asked.migrations.length === 0 ? "no migrations were looked at" : "none is known");
  const why = `${asked.verdict === undefined ? "a person asked for it" : `verdict ${asked.verdict}`}${asked.deployment === "" ? "" : `, deployment ${asked.deployment}`}`;
  const evidence = [...(fromCommit ? [`running commit ${fromCommit.slice(0, 12)}`] : []), `plan ${plan.hash.slice(0, 12)}`].join(", ");
  const rows: (readonly Text[])[] = [
    [
      "What",
      [
        { code: plan.from },
        " → ",
        { code: plan.to },
        ` by ${plan.provider}, in ${plan.environment}${plan.service === "" ? "" : `, ${plan.service}`}`,
      ],
    ],
    ["Why", why],
    ["Evidence", evidence],
    ["Risk", risk],
    ...(approval?.url ? [["Approve", { link: approval.url, text: approval.url }] as const] : []),
    ["How to undo", "operation: revert"],
  ];
  const steps = plan.steps.map(({ what, undo }, index) => [String(index + 1), what, undo]);
  return { title: "Plan", blocks: [table(["", ""], rows), table(["Step", "What", "How to undo"], steps)] };
}

function railSection({ rails }: Told): Section | undefined {
  if (rails.length === 0) return undefined;
  return {
    title: "Rails",
    blocks: [
      table(
        ["Rail", "Holds", "Why"],
        rails.map(({ name, holds, why }) => [name, holds ? "yes" : "no", why]),
      ),
    ],
  };
}

function timelineSection({ timeline = [] }: Told): Section | undefined {
  if (timeline.length === 0) return undefined;
  return {
    title: "Timeline",
    blocks: [
      table(
        ["When", "State", "Why"],
        timeline.map(({ at, state, why }) => [at, state, why]),
      ),
    ],
  };
}

function migrationSection({ migrations = [] }: Told): Section | undefined {
  if (migrations.length === 0) return undefined;
  const rows = migrations.map(({ path, class: kind, why }) => [{ code: path }, kind, why]);
  return {
    title: "Migrations",
    folded: migrations.every((each) => each.class === "expand"),
    blocks: [table(["File", "Class", "Why"], rows)],
  };
}

function healthSection({ health }: Told): Section | undefined {
  if (health === undefined) return undefined;
  return {
    title: "Verification",
    blocks: [
      table(
        ["Target", "Status", "Evidence"],
        health.rows.map(({ name, status, why }) => [name, status, why]),
      ),
    ],
  };
}
