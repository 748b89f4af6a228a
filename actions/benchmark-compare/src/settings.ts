import { UserError } from "../../../packages/frame/errors.ts";
import type { Inputs } from "../../../packages/frame/manifest.ts";
import type manifest from "./manifest.ts";
import { type BenchmarkRule, readRules } from "./rules.ts";
import { type Reading, readThreshold, type Thresholds } from "./thresholds.ts";

export type CompareInputs = Inputs<typeof manifest>;

/** What the inputs mean, in either language. */
export interface Settings {
  readonly results: readonly string[];
  readonly thresholds: Thresholds;
  readonly reading: Reading;
  /** Fraction. */
  readonly margin: number;
  readonly confidence: number;
  readonly rules: readonly BenchmarkRule[];
  readonly suite: string;
  readonly imports: readonly string[];
  readonly keepsHistory: boolean;
  readonly notes: readonly string[];
}

const oldNames = [
  "output-file-path",
  "name",
  "github-token",
  "comment-on-alert",
  "comment-always",
  "fail-on-alert",
  "summary-always",
  "auto-push",
  "save-data-file",
  "external-data-json-path",
  "gh-pages-branch",
  "gh-repository",
  "ref",
  "benchmark-data-dir-path",
  "alert-comment-cc-users",
  "max-items-in-chart",
  "skip-fetch-gh-pages",
] as const;

export function readSettings(inputs: CompareInputs): Settings {
  const old = inputs["output-file-path"] !== undefined;
  const reading: Reading = old ? "ratio" : "change";
  if (old && inputs.results !== undefined && inputs.results.length > 0)
    throw new UserError("output-file-path: `results` is given too, and both name the result files. Keep `results`.");
  const thresholds = old ? oldThresholds(inputs) : newThresholds(inputs);
  const suite = inputs.suite ?? inputs.name ?? (old ? "Benchmark" : "");
  const imports = [inputs.import, inputs["external-data-json-path"]].filter((path) => path !== undefined);
  return {
    results: old ? [inputs["output-file-path"] ?? ""] : (inputs.results ?? []),
    thresholds,
    reading,
    margin: Number(inputs.margin.units) / 10 ** inputs.margin.scale / 100,
    confidence: Number(inputs.confidence.units) / 10 ** inputs.confidence.scale / 100,
    rules: readRules(inputs.rules, reading),
    suite,
    imports,
    keepsHistory: inputs["save-data-file"] !== false,
    notes: [...(old ? [translation(thresholds, suite, inputs)] : strayNames(inputs)), ...unusedNames(inputs)],
  };
}

function newThresholds(inputs: CompareInputs): Thresholds {
  const alert = readThreshold("alert-threshold", inputs["alert-threshold"] ?? "20%");
  const fail = readThreshold("fail-threshold", inputs["fail-threshold"] ?? "50%");
  return { alert, fail: inputs["fail-on-alert"] === true ? Math.min(alert, fail) : fail };
}

/** github-action-benchmark fails only where it is told to, and then from the alert on unless a second threshold is given. */
function oldThresholds(inputs: CompareInputs): Thresholds {
  const alert = readThreshold("alert-threshold", inputs["alert-threshold"] ?? "200%", "ratio");
  const given = inputs["fail-threshold"];
  const fail = given === undefined ? alert : readThreshold("fail-threshold", given, "ratio");
  return { alert, fail: inputs["fail-on-alert"] === true ? fail : Number.POSITIVE_INFINITY };
}

function translation({ alert, fail }: Thresholds, suite: string, inputs: CompareInputs): string {
  const told = (value: number): string => (Number.isFinite(value) ? `"${trimmed(1 + value)} times"` : "none");
  return `The inputs are those of github-action-benchmark. In the words of this action: results: ${inputs["output-file-path"]}, suite: ${suite}, alert-threshold: ${told(alert)}, fail-threshold: ${told(fail)}.`;
}

export function trimmed(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Inputs whose work is done otherwise here. */
const unused: Readonly<Partial<Record<(typeof oldNames)[number], string>>> = {
  "github-token": "`token` is what is used, and the job gives it by itself",
  "comment-on-alert": "`comment: true` keeps one comment up to date",
  "comment-always": "`comment: true` keeps one comment up to date",
  "summary-always": "there is always a summary",
  "auto-push": "`baseline` says where the history is kept",
  "skip-fetch-gh-pages": "nothing is fetched",
  "gh-repository": "the history is kept in this repository",
  ref: "the event says which commit was tested",
  "gh-pages-branch": "`baseline` says where the history is kept, and `import` brings the old one along",
  "benchmark-data-dir-path": "`dashboard` says where the trend page goes, and `import` names the old `data.js`",
  "alert-comment-cc-users": "nobody is mentioned",
  "max-items-in-chart": "the trend page shows everything",
};

function unusedNames(inputs: CompareInputs): string[] {
  const given = Object.entries(unused).filter(([name]) => isOn(inputs[name as keyof typeof unused]));
  const notes = given.map(([name, instead]) => `\`${name}\` has no effect here: ${instead}.`);
  if (inputs["external-data-json-path"] !== undefined)
    notes.push("`external-data-json-path` is read, as by `import`, and not written: `baseline` says where the history is kept.");
  if (inputs["save-data-file"] === false) notes.push("`save-data-file: false` leaves the history as it is.");
  return notes;
}

/** `auto-push: false` asks for nothing. */
function isOn(value: unknown): boolean {
  return value !== undefined && value !== false;
}

function strayNames(inputs: CompareInputs): string[] {
  const given = oldNames.filter((name) => inputs[name] !== undefined);
  if (given.length === 0) return [];
  return [
    `${given.map((name) => `\`${name}\``).join(", ")}: taken as github-action-benchmark means it; see the table of inputs for this action's own names.`,
  ];
}
