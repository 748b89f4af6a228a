import { longestBeginning, printableLine } from "../../../packages/frame/printable.ts";
import { fingerprintLabel } from "../../../packages/ledger/fingerprint.ts";
import { type Writing, writeBlocks } from "../../../packages/report/markdown-blocks.ts";
import type { Block, Inline, Text } from "../../../packages/report/model.ts";
import { Page } from "../../../packages/report/page.ts";
import type { Course, Note, Occurrence, State, Transition } from "./course.ts";
import { type About, type IncidentRecord, type Past, pastOf } from "./record.ts";
import { severities } from "./severity.ts";
import { iso, measure, spanText, timeText } from "./times.ts";

/** Bytes of each part; together with what people wrote below they stay under GitHub's 65,536 characters. */
const roomForHead = 24_000;
const roomForTail = 6_000;
const mostTransitions = 40;
const mostTargets = 100;
const mostPast = 10;

const evidenceBegins = "<!-- forge-evidence:begin -->";
const evidenceEnds = "<!-- forge-evidence:end -->";
const ends = "<!-- forge-incident:end -->";

export interface Shown {
  readonly record: IncidentRecord;
  readonly course: Course;
  readonly occurrence: Occurrence;
  /** Where the repository is: `https://github.com/octo/app`. */
  readonly repository: string;
}

const stateWords: Readonly<Record<State, string>> = {
  quiet: "Quiet",
  pending: "Pending",
  open: "Open",
  acknowledged: "Acknowledged",
  mitigated: "Mitigated: passing, and watched",
  resolved: "Resolved",
  closed: "Closed",
  duplicate: "Duplicate",
  flapping: "Flapping: it changes too often to call it over",
};

/** `[critical] Checkout does not answer`; at most 250 characters, on one line. */
export function issueTitle({ title }: About, severity: string): string {
  return [...`[${severity}] ${printableLine(title.replace(/\s+/g, " ").trim(), 400)}`].slice(0, 250).join("");
}

/** The severity that a title says; `undefined` where people have taken it out. */
export function titledSeverity(title: string): string | undefined {
  return severities.find((severity) => title.startsWith(`[${severity}] `));
}

export function wantedLabels({ record, occurrence }: Pick<Shown, "record" | "occurrence">): string[] {
  const acknowledged = occurrence.acknowledgedAt === undefined ? [] : ["acknowledged"];
  return [fingerprintLabel(record.fingerprint), `severity:${occurrence.severity}`, ...acknowledged];
}

/** The first line of every issue of an incident: whose it is, for finding, and its times, for metrics. */
export function markerLine({ record, course, occurrence }: Shown): string {
  const { fingerprint, about } = record;
  const measures = measure(occurrence);
  const facts = {
    state: course.state,
    severity: occurrence.severity,
    environment: about.environment,
    service: about.service,
    check: about.check,
    since: iso(occurrence.since),
    openedAt: isoOf(occurrence.openedAt),
    acknowledgedAt: isoOf(occurrence.acknowledgedAt),
    recoveredAt: occurrence.resolvedAt === undefined ? null : isoOf(occurrence.recoveredAt),
    resolvedAt: isoOf(occurrence.resolvedAt),
    timeToDetect: measures.detect ?? null,
    timeToAcknowledge: measures.acknowledge ?? null,
    timeToRecover: measures.recover ?? null,
    reopened: occurrence.reopened,
  };
  const short = JSON.stringify(facts, (_, value: unknown) => (typeof value === "string" ? value.slice(0, 200) : value));
  const json = short.replace(/[^\x20-\x7e]|[<>&@#`]|-(?=-)/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `<!-- forge-incident:${fingerprint} ${json} -->`;
}

function isoOf(at: number | undefined): string | null {
  return at === undefined ? null : iso(at);
}

/** Whether a body begins as those of this fingerprint do; anybody can write that, so look at the author too. */
export function isMarked(body: string, fingerprint: string): boolean {
  return body.startsWith(`<!-- forge-incident:${fingerprint} `);
}

/**
 * The whole body: the same facts give the same text, so an issue is only edited when something has changed. `evidence` replaces what is shown;
 * without it what `before` shows stays. What people wrote below our last line stays too.
 */
export function issueBody(shown: Shown, evidence: string | undefined, before: string): string {
  const page = new Page(roomForHead);
  const writing: Writing = { page, tree: undefined, medium: "comment", leaveOut: () => undefined };
  for (const [title, blocks] of parts(shown)) {
    page.open(title === "" ? "" : `#### ${title}\n\n`, "");
    writeBlocks(writing, title, blocks);
    page.close();
  }
  const proof = evidence ?? shownEvidence(before);
  const shownProof = proof === "" ? "" : `#### Evidence\n\n${evidenceBegins}\n${proof}\n${evidenceEnds}\n\n`;
  return `${markerLine(shown)}\n${page.text()}${shownProof}${footer}\n${ends}${tail(before)}`;
}

const footer =
  "<sub>Kept by Forge's incident-opener: it edits everything above this line. Say `/ack` in a comment, assign somebody, or add the label `acknowledged`, to acknowledge.</sub>";

/** What an issue shows as evidence; GitHub may have made line breaks of Windows out of ours. */
export function shownEvidence(body: string): string {
  const plain = body.replaceAll("\r\n", "\n");
  const start = plain.indexOf(`${evidenceBegins}\n`);
  const end = plain.indexOf(`\n${evidenceEnds}`, start);
  return start < 0 || end < 0 ? "" : plain.slice(start + evidenceBegins.length + 1, end);
}

function tail(before: string): string {
  const plain = before.replaceAll("\r\n", "\n");
  const start = plain.indexOf(ends);
  if (start < 0) return "\n";
  const text = plain.slice(start + ends.length);
  const kept = longestBeginning(text, (beginning) => new TextEncoder().encode(beginning).length <= roomForTail);
  return text === "" ? "\n" : text.slice(0, kept);
}

function* parts(shown: Shown): Generator<readonly [title: string, blocks: readonly Block[]]> {
  const { record, course, occurrence, repository } = shown;
  const { about } = record;
  yield ["", [{ kind: "paragraph", text: [{ strong: stateWords[course.state] }, ` · ${occurrence.severity} · `, ...subject(about)] }]];
  if (about.summary.trim() !== "") yield ["", paragraphs(about.summary)];
  yield ["", [facts(shown)]];
  if (course.targets.length > 1) yield ["Targets", [targets(course)]];
  if (about.deployment !== "") yield ["Suspected deployment", [{ kind: "paragraph", text: deploymentText(about.deployment, repository) }]];
  if (about.runbook !== "") yield ["Runbook", [{ kind: "paragraph", text: linkOrText(about.runbook) }]];
  yield ["Timeline", [timeline(occurrence.transitions)]];
  const past = earlier(record, course);
  if (past.length > 0) yield ["Previous occurrences", [previous(past)]];
}

function subject({ service, check, environment, group }: About): Inline[] {
  const names = group === "" ? [service, check] : [group];
  const shown = names
    .filter((name) => name !== "")
    .flatMap((name, index): Inline[] => (index === 0 ? [{ code: name }] : [" / ", { code: name }]));
  if (environment === "") return shown;
  return [...shown, shown.length === 0 ? "" : " in ", { code: environment }];
}

function paragraphs(text: string): Block[] {
  const lines = text.split(/\r\n|[\n\r]/).filter((line) => line.trim() !== "");
  return lines.slice(0, 60).map((line): Block => ({ kind: "paragraph", text: line }));
}

function facts({ course, occurrence }: Shown): Block {
  const measures = measure(occurrence);
  const after = (seconds: number | undefined, at: number | undefined, by = ""): Text =>
    seconds === undefined || at === undefined
      ? "–"
      : [`${spanText(seconds * 1000)} after the first failure${by}, `, { code: timeText(at) }];
  const by = occurrence.acknowledgedBy === undefined ? "" : `, by ${occurrence.acknowledgedBy}`;
  const rows: Text[][] = [
    ["First failing sample", { code: timeText(occurrence.since) }],
    ["Detected", after(measures.detect, occurrence.openedAt)],
    ["Acknowledged", after(measures.acknowledge, occurrence.acknowledgedAt, by)],
    ["Recovered", after(measures.recover, occurrence.recoveredAt)],
  ];
  if (occurrence.reopened > 0) rows.push(["Reopened", occurrence.reopened === 1 ? "once" : `${occurrence.reopened} times`]);
  return { kind: "table", columns: [{ title: "State" }, { title: stateWords[course.state] }], rows };
}

function targets({ targets: all }: Course): Block {
  const sorted = all.toSorted((a, b) => Number(b.failing) - Number(a.failing));
  const rows = sorted
    .slice(0, mostTargets)
    .map(({ name, failing, since }): Text[] => [
      { code: name === "" ? "(no name)" : name },
      failing ? { strong: "failing" } : "passing",
      { code: timeText(since) },
    ]);
  const columns = [{ title: "Target" }, { title: "State" }, { title: "Since" }];
  return { kind: "table", columns, rows, more: Math.max(all.length - mostTargets, 0) };
}

function linkOrText(text: string): Text {
  return /^https?:\/\/\S+$/.test(text.trim()) ? { link: text.trim(), text: text.trim() } : text;
}

const refName = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$/;

/** Two refs become a link to what changed between them; one that is a commit, a link to it. */
export function deploymentText(deployment: string, repository: string): Text {
  const text = deployment.trim();
  const [, before = "", after = ""] = /^(\S+?)\.{2,3}(\S+)$/.exec(text) ?? [];
  const known = /^https?:\/\/[^/]+\/[^/]+\/[^/]+$/.test(repository);
  const refs = known && refName.test(before) && refName.test(after) && !text.includes("://");
  if (refs)
    return [
      { code: after },
      " replaced ",
      { code: before },
      ": ",
      { link: `${repository}/compare/${before}...${after}`, text: "what changed" },
    ];
  if (known && /^[0-9a-f]{7,40}$/.test(text)) return [{ link: `${repository}/commit/${text}`, text: text.slice(0, 12), code: true }];
  return /^https?:\/\/\S+$/.test(text) ? { link: text, text } : { code: text };
}

function timeline(transitions: readonly Transition[]): Block {
  const shown = transitions.slice(-mostTransitions);
  const left = transitions.length - shown.length;
  const items = shown.map(({ at, to, by, severity }): Text => {
    const whose = by === undefined ? "" : ` by ${by}`;
    const how = severity === undefined ? "" : ` (${severity})`;
    return [{ code: timeText(at) }, ` ${to === "pending" ? "first failing sample" : to}${how}${whose}`];
  });
  return { kind: "list", items: [...(left > 0 ? [`… ${left} earlier changes`] : []), ...items] };
}

function earlier(record: IncidentRecord, course: Course): Past[] {
  const here = course.occurrences.slice(0, -1).map((occurrence, index) => pastOf(occurrence, record.issues[index] ?? null));
  return [...record.past, ...here].filter(({ issue }) => issue !== null);
}

function previous(past: readonly Past[]): Block {
  const rows = past
    .slice(-mostPast)
    .reverse()
    .map(({ issue, severity, since, recoveredAt }): Text[] => [
      issue === null || issue.url === "" ? `${issue?.number ?? ""}` : { link: issue.url, text: `issue ${issue.number}` },
      severity,
      { code: timeText(since) },
      recoveredAt === null ? "–" : spanText(recoveredAt - since),
    ]);
  const columns = [{ title: "Issue" }, { title: "Severity" }, { title: "Since" }, { title: "Recovered after" }];
  return { kind: "table", columns, rows, more: Math.max(past.length - mostPast, 0) };
}

/** The comment for a note; without mentions, links or anything else that strangers wrote. */
export function noteText(note: Note, { record, occurrence, course }: Shown, runUrl: string | undefined): string {
  const page = new Page(4_000);
  const writing: Writing = { page, tree: undefined, medium: "comment", leaveOut: () => undefined };
  const { recover } = measure(occurrence);
  const words: Readonly<Record<Note["about"], Text>> = {
    escalated: [{ strong: `Escalated to ${occurrence.severity}` }, `: ${record.about.title}`],
    reopened: [{ strong: "Failing again" }, " since ", { code: timeText(note.at) }, "."],
    flapping: [
      { strong: "Flapping" },
      `: ${course.flappingPercent} % of the last samples changed. The incident stays open until it is steady, and comments pause.`,
    ],
    resolved: [
      { strong: "Resolved" },
      recover === undefined ? "." : `: recovered ${spanText(recover * 1000)} after the first failing sample.`,
    ],
  };
  writeBlocks(writing, "", [{ kind: "paragraph", text: words[note.about] }]);
  if (runUrl !== undefined) writeBlocks(writing, "", [{ kind: "paragraph", text: { link: runUrl, text: "The run that saw it" } }]);
  return page.text();
}
