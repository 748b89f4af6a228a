import type { Context } from "../../../packages/frame/context.ts";
import { UserError } from "../../../packages/frame/errors.ts";
import type { Inputs, Outputs } from "../../../packages/frame/manifest.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import type { Files, Ports } from "../../../packages/frame/ports.ts";
import type { Rule as ReportRule } from "../../../packages/report/model.ts";
import { type KnownFindings, noneKnown, readBaseline } from "./baseline.ts";
import { loadRules } from "./config/load.ts";
import type { ConfigReader } from "./config/reader.ts";
import { chosen, type RuleSet } from "./config/rules.ts";
import { describe } from "./describe.ts";
import { headlineOf } from "./headline.ts";
import { IgnoreBook, type IgnoreLine, readIgnoreFile, usualIgnoreFiles } from "./ignore.ts";
import { jsonPieces } from "./json.ts";
import type manifest from "./manifest.ts";
import type { Occurrence, Occurrences, Rule, RuleCatalogue, ScanPlan, ScanResult, SecretScanner } from "./model.ts";
import { sarifOf } from "./sarif.ts";
import { scopeOf, shardOf } from "./scope.ts";
import { groupSkips } from "./skips.ts";
import { type Counts, Told } from "./told.ts";

export type ScanInputs = Inputs<typeof manifest>;
export type ScanPorts = Ports & {
  readonly scanner: SecretScanner;
  readonly configuration: ConfigReader;
  readonly catalogue: RuleCatalogue;
};
export type ScanOutputs = Outputs<typeof manifest>;

/** Findings in the report; the files of `sarif` and `json` hold more. */
const mostReported = 10_000;
/** More masks would make a runner's log slow, and nothing here prints a secret anyway. */
const mostMasks = 500;

/** Reads configuration and suppressions, scans, sorts what was found into new, known and accepted, and judges: one new secret fails. */
export async function run(inputs: ScanInputs, ports: ScanPorts, context: Context): Promise<Outcome<ScanOutputs>> {
  const scope = scopeOf(inputs.scope, context.event);
  const shard = shardOf(inputs.shard);
  if (inputs.range !== undefined && (scope === "worktree" || scope === "staged"))
    throw new UserError(
      `range: ${JSON.stringify(inputs.range)} was given with \`scope: ${scope}\`, which has no commits. Allowed with: diff, history.`,
    );
  const { files, configuration: reader } = ports;
  const set = await loadRules({ files, reader, catalogue: await ports.catalogue.rules() }, inputs.config);
  const rules = chosen(set, inputs.rules ?? [], inputs["minimum-severity"]);
  const known = await readKnown(ports.files, inputs.baseline);
  const lines = await readIgnored(ports.files, inputs["ignore-file"]);
  const result = await ports.scanner.scan(planOf(inputs, context, scope, shard, rules, set, known));
  maskAll(result.occurrences, ports);
  const { told, book } = await sortOut(result, rules, set, known, lines, ports);
  const whole =
    (scope === "history" || scope === "worktree") && inputs.range === undefined && inputs.paths === undefined && shard === undefined;
  const stale = book
    .stale(whole)
    .map(({ line, expired }) => `${line.text} (${line.where}${expired ? `, expired on ${line.until ?? ""}` : ""})`);
  const written = await writeFiles(inputs, told, rules, result, ports);
  return outcomeOf(inputs, result, told, rules, [...set.notes, ...written], stale, scope, shard);
}

function planOf(
  inputs: ScanInputs,
  { event, terminal }: Context,
  scope: ScanPlan["scope"],
  shard: ScanPlan["shard"],
  rules: readonly Rule[],
  set: RuleSet,
  known: KnownFindings,
): ScanPlan {
  return {
    scope,
    range: inputs.range,
    event,
    token: inputs.token,
    terminal,
    rules,
    decodeDepth: inputs["decode-depth"],
    archiveDepth: inputs["archive-depth"],
    maxFileSize: inputs["max-file-size"],
    workers: inputs.workers,
    shard,
    paths: inputs.paths ?? [],
    keepContext: set.allow.length > 0 || rules.some((rule) => rule.limits !== undefined),
    sha1: known.sha1,
  };
}

async function readKnown(files: Files, path: string | undefined): Promise<KnownFindings> {
  if (path === undefined || path === "none") return noneKnown;
  return readBaseline(await files.readText(path, 256 * 2 ** 20), path);
}

async function readIgnored(files: Files, given: string | undefined): Promise<IgnoreLine[]> {
  if (given !== undefined) return readIgnoreFile(await files.readText(given), given);
  const lines: IgnoreLine[] = [];
  for (const name of usualIgnoreFiles) {
    const path = files.workspace === files.workingDirectory ? name : `${files.workspace}/${name}`;
    if ((await files.stat(path))?.kind === "file") lines.push(...readIgnoreFile(await files.readText(path), name));
  }
  return lines;
}

/** Before anything else is printed: on a runner each becomes an add-mask line. Short ones stand in ordinary words. */
function maskAll(occurrences: Occurrences, { log }: ScanPorts): void {
  const masked = new Set<string>();
  for (const { detection } of occurrences) {
    const { secret } = detection;
    if (secret.length < 8 || secret.length >= 20_000 || masked.has(secret)) continue;
    masked.add(secret);
    log.secret(secret);
    if (masked.size === mostMasks) return;
  }
}

async function sortOut(
  result: ScanResult,
  rules: readonly Rule[],
  set: RuleSet,
  known: KnownFindings,
  lines: readonly IgnoreLine[],
  ports: ScanPorts,
): Promise<{ told: Told; book: IgnoreBook }> {
  const named = [...new Set(lines.flatMap(({ place }) => (place?.commit === undefined ? [] : [place.commit])))];
  const present = new Set(named.length === 0 ? [] : await ports.scanner.present(named));
  const book = new IgnoreBook(
    lines,
    ports.clock.now(),
    new Set(rules.map(({ id }) => id)),
    new Set(named.filter((commit) => !present.has(commit))),
  );
  const { allowed, byPath } = await fromConfiguration(result, rules, set, ports.configuration);
  return { told: new Told(result.occurrences, byPath, { rules, book, known, allowed }), book };
}

/** The built-in rules accept nothing and know no paths, so what reads patterns is not loaded for them. */
async function fromConfiguration(
  result: ScanResult,
  rules: readonly Rule[],
  { allow }: RuleSet,
  configuration: ConfigReader,
): Promise<{ allowed: (occurrence: Occurrence) => boolean; byPath: readonly Occurrence[] }> {
  if (allow.length === 0 && rules.every(({ limits, finder }) => limits === undefined && finder.kind !== "path"))
    return { allowed: () => false, byPath: [] };
  return { allowed: await configuration.allowlists(rules, allow), byPath: await configuration.pathOccurrences(result.paths, rules) };
}

async function writeFiles(
  inputs: ScanInputs,
  told: Told,
  rules: readonly Rule[],
  result: ScanResult,
  { files }: ScanPorts,
): Promise<string[]> {
  const notes: string[] = [];
  const complete = result.skipped.every(({ incomplete }) => !incomplete);
  if (inputs.sarif !== undefined) {
    const { pieces, leftOut } = sarifOf(told, rules, result.skipped, complete);
    await files.write(inputs.sarif, pieces);
    if (leftOut > 0) notes.push(`${leftOut} findings are not in ${inputs.sarif}, because GitHub takes 25,000 of a run; the gravest are.`);
  }
  if (inputs.json !== undefined) await files.write(inputs.json, jsonPieces(told));
  return notes;
}

function outcomeOf(
  inputs: ScanInputs,
  result: ScanResult,
  told: Told,
  rules: readonly Rule[],
  notes: readonly string[],
  stale: readonly string[],
  scope: ScanPlan["scope"],
  shard: ScanPlan["shard"],
): Outcome<ScanOutputs> {
  const incomplete = result.skipped.filter((skip) => skip.incomplete);
  const { counts } = told;
  const verdict = counts.new > 0 ? "fail" : incomplete.length > 0 ? "unknown" : result.nothing !== undefined ? "neutral" : "pass";
  const findings = [...told.gravest(mostReported, false)].flatMap((row) => told.at(row) ?? []);
  return {
    verdict,
    headline: headlineOf(verdict, counts, findings[0], rules, incomplete, result),
    outputs: {
      findings: counts.findings,
      "new-findings": counts.new,
      suppressed: counts.suppressed,
      "stale-suppressions": stale.length,
      "scanned-commits": result.commits,
      "scanned-blobs": result.blobs,
      "scanned-bytes": result.bytes,
      skipped: result.skipped.length,
      sarif: inputs.sarif,
    },
    report: {
      rules: judged(counts.new, incomplete.length, result.nothing),
      findings,
      sections: describe(findings, told, rules, result.skipped, stale),
      notes: [...notes, ...countNotes(result, counts, findings.length, stale)],
      data: {
        scope,
        range: result.range,
        complete: incomplete.length === 0,
        ...(shard === undefined ? {} : { shard }),
        rules: rules.length,
        counts,
        scannedCommits: result.commits,
        scannedBlobs: result.blobs,
        scannedBytes: result.bytes,
        skipped: groupSkips(result.skipped),
        staleSuppressions: stale,
      },
    },
  };
}

function judged(fresh: number, incomplete: number, nothing: string | undefined): ReportRule[] {
  const secrets: ReportRule = {
    name: "new-findings",
    verdict: fresh > 0 ? "fail" : incomplete > 0 ? "unknown" : nothing !== undefined ? "neutral" : "pass",
    actual: fresh,
    limit: 0,
    ...(nothing === undefined ? {} : { why: nothing }),
  };
  if (incomplete === 0) return [secrets];
  return [
    secrets,
    { name: "complete", verdict: "unknown", actual: incomplete, limit: 0, why: "Something could not be read, so there may be more." },
  ];
}

function countNotes(result: ScanResult, counts: Counts, shown: number, stale: readonly string[]): string[] {
  const notes = [`Scanned: ${result.range}.`];
  if (counts.baseline > 0) notes.push(`${counts.baseline} known from the baseline.`);
  if (counts.suppressed > 0) notes.push(`${counts.suppressed} accepted by comments or ignore files.`);
  if (stale.length > 0)
    notes.push(`${stale.length === 1 ? "1 ignore line accepts" : `${stale.length} ignore lines accept`} nothing any more.`);
  const hidden = counts.findings + counts.suppressed - shown;
  if (hidden > 0) notes.push(`${hidden} further findings are counted, but not listed here.`);
  const groups = groupSkips(result.skipped);
  for (const { reason, count, names } of groups)
    notes.push(`${count} left out, ${reason}${names.length === 0 ? "" : `: ${names.slice(0, 3).join(", ")}${count > 3 ? " …" : ""}`}.`);
  return notes;
}
