import type { Waivers } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import { globMatcher } from "../../../packages/frame/glob.ts";
import type { Decimal } from "../../../packages/frame/manifest.ts";
import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Rule, RuleVerdict } from "../../../packages/report/model.ts";
import type { Budget } from "./budgets.ts";
import { algorithmNames, bytesText } from "./bytes.ts";
import type { Algorithm } from "./model.ts";
import { increaseOf, type Row, type Sum, sumOf } from "./rows.ts";

export interface Judgement {
  readonly rule: Rule;
  /** One clause without a full stop, for the first line. */
  readonly words: string;
}

/** What limits are held against. */
export interface Evidence {
  readonly rows: readonly Row[];
  /** Paths that a first visit loads now and before; `undefined` where no `stats` tell. */
  readonly initial: { readonly now: ReadonlySet<string>; readonly before: ReadonlySet<string> | undefined } | undefined;
  /** Why increases of this compression cannot be judged; `undefined` when they can. */
  readonly unjudged: (algorithm: Algorithm) => { readonly verdict: "neutral" | "unknown"; readonly why: string } | undefined;
  readonly waivers: Waivers;
}

/** The rows that each budget speaks of. A budget without a file that is there now is an error: a limit on nothing would always hold. */
export function selectRows(
  budgets: readonly Budget[],
  { rows, initial }: Pick<Evidence, "rows" | "initial">,
): ReadonlyMap<Budget, readonly Row[]> {
  const problems: string[] = [];
  const taken = new Map<string, Set<Row>>();
  const selected = new Map<Budget, readonly Row[]>();
  for (const budget of budgets) {
    const matches = budget.files === undefined ? () => true : globMatcher(budget.files.map((glob) => glob.replace(/^(!?)(?:\.\/)+/, "$1")));
    let own = rows.filter(
      ({ path, previous, sizes }) => matches(path) || (sizes === undefined && previous !== undefined && matches(previous)),
    );
    if (budget.scope === "initial") own = own.filter((row) => isInitial(row, initial));
    const matched = own.some(({ sizes }) => sizes !== undefined);
    if (budget.first !== undefined) {
      const used = taken.get(budget.first) ?? new Set();
      own = own.filter((row) => !used.has(row));
      for (const row of own) used.add(row);
      taken.set(budget.first, used);
    }
    if (budget.scope === "initial" && initial === undefined) {
      problems.push(
        `${budget.where}: the budget "${budget.name}" is about the initial load, and only \`stats\` tells what that is. Give \`stats\`.`,
      );
    } else if (!matched) {
      problems.push(`${budget.where}: the budget "${budget.name}" matches none of the measured files.${folderHint(budget, rows)}`);
    }
    selected.set(budget, own);
  }
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  return selected;
}

/** A folder's name is a glob that matches nothing in it. */
function folderHint({ files = [] }: Budget, rows: readonly Row[]): string {
  const folder = files
    .map((glob) => glob.replace(/^(?:\.\/)+|\/+$/g, ""))
    .find((name) => rows.some(({ path }) => path.startsWith(`${name}/`)));
  return folder === undefined ? "" : ` For all files in the folder, write ${folder}/**.`;
}

function isInitial(row: Row, initial: Evidence["initial"]): boolean {
  if (initial === undefined) return false;
  if (row.sizes !== undefined) return initial.now.has(row.path);
  return initial.before?.has(row.path) ?? false;
}

/** One judgement for each limit of the budget. */
export function judgeBudget(budget: Budget, rows: readonly Row[], evidence: Evidence): Judgement[] {
  const judgements: Judgement[] = [];
  const limit = (name: string, judge: (rule: string, own: readonly Row[]) => Judgement): void => {
    const rule = `${budget.name}: ${name}`;
    const waived = evidence.waivers.paths(rule);
    judgements.push(
      isShadowed(budget, rows)
        ? undecided(rule, "neutral", "earlier entries have all of its files")
        : judge(rule, waived === undefined ? rows : rows.filter(({ path }) => !waived(path))),
    );
  };
  const { max, maxIncrease, maxIncreasePercent, maxNewFile } = budget;
  if (max !== undefined) limit("max", (rule, own) => judgeMax(rule, budget, own, max));
  if (maxIncrease !== undefined) limit("max-increase", (rule, own) => judgeIncrease(rule, budget, own, () => maxIncrease, evidence));
  if (maxIncreasePercent !== undefined)
    limit("max-increase-percent", (rule, own) =>
      judgeIncrease(rule, budget, own, (before) => share(before, maxIncreasePercent), evidence, maxIncreasePercent),
    );
  if (maxNewFile !== undefined) limit("max-new-file", (rule, own) => judgeNewFiles(rule, budget, own, maxNewFile, evidence));
  return judgements;
}

/** Where the first pattern wins, a later one may be left with nothing. */
function isShadowed({ first }: Budget, rows: readonly Row[]): boolean {
  return first !== undefined && !rows.some(({ sizes }) => sizes !== undefined);
}

/** The most whole bytes that a percentage allows: what is above is above the percentage too, and the other way round. */
function share(before: number, { units, scale }: Decimal): number {
  return Number((BigInt(before) * units) / (100n * 10n ** BigInt(scale)));
}

interface Measured {
  readonly path?: string;
  readonly actual: number;
  readonly limit: number;
  readonly before?: number;
}

/** What is held to a limit: each file, or the sum of all. */
function units(budget: Budget, rows: readonly Row[]): readonly { readonly path?: string; readonly sum: Sum; readonly both: boolean }[] {
  const { compression, scope } = budget;
  if (scope !== "file") return [{ sum: sumOf(rows, compression), both: true }];
  return rows
    .filter(({ sizes }) => sizes !== undefined)
    .map((row) => ({ path: row.path, sum: sumOf([row], compression), both: row.previousSizes !== undefined }));
}

function judgeMax(rule: string, budget: Budget, rows: readonly Row[], limit: number): Judgement {
  const measured = units(budget, rows).map(
    ({ path, sum }): Measured => ({ ...(path === undefined ? {} : { path }), actual: sum.now, limit }),
  );
  return decide(rule, budget, measured, "is");
}

function judgeIncrease(
  rule: string,
  budget: Budget,
  rows: readonly Row[],
  limitOf: (before: number) => number,
  evidence: Evidence,
  percent?: Decimal,
): Judgement {
  const open = evidence.unjudged(budget.compression) ?? initialOpen(budget, evidence);
  if (open !== undefined) return undecided(rule, open.verdict, open.why);
  // A file that is new has not grown: `max` and `max-new-file` are about it.
  const grown = units(budget, rows).filter(({ both }) => both);
  const measured = grown.map(({ path, sum }): Measured => {
    const increase = sum.now - sum.before;
    const actual = increase > 0 && increase <= budget.noise ? 0 : increase;
    return { ...(path === undefined ? {} : { path }), actual, limit: limitOf(sum.before), before: sum.before };
  });
  if (measured.length === 0) return undecided(rule, "neutral", "every file is new");
  return decide(rule, budget, measured, "grew by", percent);
}

function initialOpen({ scope }: Budget, { initial }: Evidence): { verdict: "neutral"; why: string } | undefined {
  if (scope !== "initial" || initial?.before !== undefined) return undefined;
  return { verdict: "neutral", why: "the baseline does not say what was loaded initially" };
}

function judgeNewFiles(rule: string, budget: Budget, rows: readonly Row[], limit: number, evidence: Evidence): Judgement {
  const open = evidence.unjudged("none");
  if (open !== undefined) return undecided(rule, open.verdict, open.why);
  const measured = rows
    .filter(({ status }) => status === "added")
    .map((row): Measured => ({ path: row.path, actual: increaseOf(row, budget.compression), limit }));
  if (measured.length === 0)
    return { rule: { name: rule, verdict: "pass", actual: 0, limit, unit: "B", why: "no file is new" }, words: `${rule}: no file is new` };
  return decide(rule, budget, measured, "is new with");
}

function undecided(name: string, verdict: "neutral" | "unknown", why: string): Judgement {
  return { rule: { name, verdict, why }, words: `${name} was not judged: ${why}` };
}

const mostNamed = 5;

/** The one that is furthest above its limit, or nearest to it, speaks for all. */
function decide(name: string, budget: Budget, measured: readonly Measured[], verb: string, percent?: Decimal): Judgement {
  const over = measured.filter(({ actual, limit }) => actual > limit);
  const worst = [...measured].sort((a, b) => b.actual - b.limit - (a.actual - a.limit) || b.actual - a.actual)[0] ?? {
    actual: 0,
    limit: 0,
  };
  const verdict: RuleVerdict = over.length === 0 ? "pass" : budget.soft ? "warn" : "fail";
  const { actual, limit, path } = worst;
  // Rounded alike, they would say that something is more than itself.
  const shown = actual !== limit && bytesText(actual) === bytesText(limit) ? (bytes: number): string => `${bytes} B` : bytesText;
  const bound = percent === undefined ? shown(limit) : `${percent.text} % (${shown(limit)})`;
  const what = path ?? budget.name;
  const others = over.slice(0, mostNamed + 1).filter((each) => each !== worst && each.path !== undefined);
  const also =
    others.length === 0
      ? ""
      : `; also over it: ${others
          .slice(0, mostNamed)
          .map((each) => `${each.path} (${each.actual} B)`)
          .join(", ")}`;
  const more = over.length > mostNamed + 1 ? ` and ${over.length - mostNamed - 1} more` : "";
  const exact = `${actual} B, limit ${limit} B`;
  const rule: Rule = {
    name,
    verdict,
    actual,
    limit,
    unit: "B",
    ...(over.length === 0 ? {} : { why: `${what} ${verb} ${exact} (${algorithmNames[budget.compression]})${also}${more}` }),
    ...(path === undefined ? {} : { path }),
  };
  const size = `${what} ${verb} ${shown(actual)} ${algorithmNames[budget.compression]}`;
  const words = over.length === 0 ? `${size} (${name} ${bound})` : `${size}, more than ${name} ${bound}`;
  return { rule, words };
}

/** Any fail, else any unknown, else pass where something was judged, else neutral. */
export function overall(judgements: readonly Judgement[]): Verdict {
  const has = (verdict: RuleVerdict): boolean => judgements.some(({ rule }) => rule.verdict === verdict);
  if (has("fail")) return "fail";
  if (has("unknown")) return "unknown";
  return has("pass") || has("warn") ? "pass" : "neutral";
}
