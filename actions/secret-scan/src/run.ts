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
import { findingOf, fingerprintOf, type SecretFinding, standingOf } from "./findings.ts";
import { headlineOf } from "./headline.ts";
import { IgnoreBook, type IgnoreLine, readIgnoreFile, usualIgnoreFiles } from "./ignore.ts";
import { jsonOf } from "./json.ts";
import type manifest from "./manifest.ts";
import type { Occurrence, Rule, RuleCatalogue, ScanPlan, ScanResult, SecretScanner } from "./model.ts";
import { sarifOf } from "./sarif.ts";
import { scopeOf, shardOf } from "./scope.ts";
import { groupSkips } from "./skips.ts";

export type ScanInputs = Inputs<typeof manifest>;
export type ScanPorts = Ports & {
  readonly scanner: SecretScanner;
  readonly configuration: ConfigReader;
  readonly catalogue: RuleCatalogue;
};
export type ScanOutputs = Outputs<typeof manifest>;

/** Findings that are kept with all they say; beyond that they are only counted. */
const mostFindings = 25_000;
/** Findings in the report; the files of `sarif` and `json` hold more. */
const mostReported = 10_000;
/** More masks would make a runner's log slow, and nothing here prints a secret anyway. */
const mostMasks = 500;

/** Everything that is sorted out after a scan. */
interface Sorted {
  readonly findings: readonly SecretFinding[];
  readonly counts: { findings: number; new: number; baseline: number; suppressed: number };
  readonly book: IgnoreBook;
}

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
  const sorted = await sortOut(result, rules, set, known, lines, ports);
  const whole =
    (scope === "history" || scope === "worktree") && inputs.range === undefined && inputs.paths === undefined && shard === undefined;
  const stale = sorted.book
    .stale(whole)
    .map(({ line, expired }) => `${line.text} (${line.where}${expired ? `, expired on ${line.until ?? ""}` : ""})`);
  const written = await writeFiles(inputs, sorted, rules, result, ports);
  return outcomeOf(inputs, result, sorted, rules, [...set.notes, ...written], stale, scope, shard);
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
function maskAll(occurrences: readonly Occurrence[], { log }: ScanPorts): void {
  const secrets = new Set(
    occurrences.map(({ detection }) => detection.secret).filter((secret) => secret.length >= 8 && secret.length < 20_000),
  );
  let count = 0;
  for (const secret of secrets) {
    if (++count > mostMasks) return;
    log.secret(secret);
  }
}

async function sortOut(
  result: ScanResult,
  rules: readonly Rule[],
  set: RuleSet,
  known: KnownFindings,
  lines: readonly IgnoreLine[],
  ports: ScanPorts,
): Promise<Sorted> {
  const named = [...new Set(lines.flatMap(({ place }) => (place?.commit === undefined ? [] : [place.commit])))];
  const present = new Set(named.length === 0 ? [] : await ports.scanner.present(named));
  const book = new IgnoreBook(
    lines,
    ports.clock.now(),
    new Set(rules.map(({ id }) => id)),
    new Set(named.filter((commit) => !present.has(commit))),
  );
  const { allowed, byPath } = await fromConfiguration(result, rules, set, ports.configuration);
  const counts = { findings: 0, new: 0, baseline: 0, suppressed: 0 };
  const findings: SecretFinding[] = [];
  for (const occurrence of onePerSecret([...result.occurrences, ...byPath].filter((each) => !allowed(each)))) {
    const rule = rules[occurrence.detection.rule];
    if (rule === undefined) continue;
    const fingerprint = fingerprintOf(rule.id, occurrence);
    const standing = standingOf(occurrence, rule.id, fingerprint, book, known);
    if (standing.kind === "new" || standing.kind === "baseline") {
      counts.findings++;
      counts[standing.kind]++;
    } else counts.suppressed++;
    if (findings.length < mostFindings) findings.push(findingOf(occurrence, rule, fingerprint, standing));
  }
  return { findings, counts, book };
}

/** One for each rule, secret, path and commit: the first that no comment accepts, else the first. */
function onePerSecret(occurrences: readonly Occurrence[]): Iterable<Occurrence> {
  const kept = new Map<string, Occurrence>();
  for (const occurrence of occurrences) {
    const { path, commit = "", hash, detection } = occurrence;
    const key = `${detection.rule}\0${commit}\0${hash}\0${path}`;
    const known = kept.get(key);
    if (known === undefined || (known.detection.inline && !detection.inline)) kept.set(key, occurrence);
  }
  return kept.values();
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
  { findings, counts }: Sorted,
  rules: readonly Rule[],
  result: ScanResult,
  { files }: ScanPorts,
): Promise<string[]> {
  const notes: string[] = [];
  const complete = result.skipped.every(({ incomplete }) => !incomplete);
  if (inputs.sarif !== undefined) {
    const { text, leftOut } = sarifOf(findings, rules, result.skipped, complete);
    await files.write(inputs.sarif, text);
    const missing = leftOut + counts.findings + counts.suppressed - findings.length;
    if (missing > 0) notes.push(`${missing} findings are not in ${inputs.sarif}, because GitHub takes 25,000 of a run; the gravest are.`);
  }
  if (inputs.json !== undefined) await files.write(inputs.json, jsonOf(findings, counts));
  return notes;
}

function outcomeOf(
  inputs: ScanInputs,
  result: ScanResult,
  { findings, counts }: Sorted,
  rules: readonly Rule[],
  notes: readonly string[],
  stale: readonly string[],
  scope: ScanPlan["scope"],
  shard: ScanPlan["shard"],
): Outcome<ScanOutputs> {
  const incomplete = result.skipped.filter((skip) => skip.incomplete);
  const verdict = counts.new > 0 ? "fail" : incomplete.length > 0 ? "unknown" : result.nothing !== undefined ? "neutral" : "pass";
  const fresh = findings.filter(({ suppressed, baseline }) => !suppressed && !baseline);
  const ordered = [...fresh, ...findings.filter(({ suppressed, baseline }) => suppressed || baseline)].slice(0, mostReported);
  return {
    verdict,
    headline: headlineOf(verdict, counts, fresh[0], rules, incomplete, result),
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
      findings: ordered,
      sections: describe(findings, counts.new, rules, result.skipped, stale),
      notes: [...notes, ...countNotes(result, counts, ordered.length, stale)],
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

function countNotes(result: ScanResult, counts: Sorted["counts"], shown: number, stale: readonly string[]): string[] {
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
