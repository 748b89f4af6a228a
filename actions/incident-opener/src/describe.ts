import type { ReportBody } from "../../../packages/report/model.ts";
import { type Course, isLive, type State } from "./course.ts";
import type { Delivered } from "./deliver.ts";
import type { Letter } from "./letter.ts";
import type { Backend } from "./ports.ts";
import type { About } from "./record.ts";
import { hasChanged, type Remembered } from "./remember.ts";
import type { Severity } from "./severity.ts";
import { iso, type Measures, measure, spanText } from "./times.ts";

export interface IncidentOutputs {
  readonly "incident-number": number | undefined;
  readonly "incident-url": string | undefined;
  readonly state: string | undefined;
  readonly opened: boolean;
  readonly changed: boolean;
  readonly "duplicate-of": number | undefined;
  readonly attempt: string | undefined;
  readonly "attempts-left": number | undefined;
  readonly "time-to-detect": number | undefined;
  readonly "time-to-acknowledge": number | undefined;
  readonly "time-to-recover": number | undefined;
}

export const noOutputs: IncidentOutputs = {
  "incident-number": undefined,
  "incident-url": undefined,
  state: undefined,
  opened: false,
  changed: false,
  "duplicate-of": undefined,
  attempt: undefined,
  "attempts-left": undefined,
  "time-to-detect": undefined,
  "time-to-acknowledge": undefined,
  "time-to-recover": undefined,
};

export interface Told {
  readonly letter: Letter;
  readonly remembered: Remembered;
  readonly delivered: Delivered;
  /** `silenced` stands for whatever it is otherwise. */
  readonly silenced: string | undefined;
}

export function outputsOf({ remembered, delivered, silenced }: Told): IncidentOutputs {
  const occurrence = remembered.course.occurrences.at(-1);
  const measures = measure(occurrence);
  const state = stateOf(remembered.course, silenced, delivered);
  return {
    ...noOutputs,
    "incident-number": delivered.issue?.number,
    "incident-url": delivered.issue?.url,
    state: state === "quiet" ? undefined : state,
    opened: delivered.opened,
    changed: hasChanged(remembered),
    "duplicate-of": delivered.duplicateOf ?? occurrence?.duplicateOf,
    "time-to-detect": measures.detect,
    "time-to-acknowledge": measures.acknowledge,
    "time-to-recover": measures.recover,
  };
}

function stateOf({ state }: Course, silenced: string | undefined, { duplicateOf }: Delivered): State | "silenced" {
  if (duplicateOf !== undefined) return "duplicate";
  return silenced !== undefined && (state === "quiet" || state === "pending" || state === "resolved" || state === "closed")
    ? "silenced"
    : state;
}

/** The answer in one line. */
export function headlineOf(told: Told): string {
  const { letter, remembered, delivered } = told;
  const { course, before } = remembered;
  const { title } = remembered.record.about;
  const issue = delivered.issue === undefined ? "" : ` ${delivered.issue.number}`;
  const occurrence = course.occurrences.at(-1);
  const severity = occurrence?.severity ?? letter.about.severity;
  if (told.silenced !== undefined) return silencedLine(told.silenced, title, delivered.issue?.number, isLive(occurrence?.phase ?? "quiet"));
  if (delivered.opened) return `Incident${issue} opened: ${title} (${severity})`;
  const words = stateSentence(course, occurrence === undefined ? undefined : measure(occurrence), severity);
  const same = (before?.state ?? "quiet") === course.state;
  const again = same && course.state !== "quiet" ? "still " : "";
  if (course.state === "quiet") return `No incident: ${passing(letter.about)}`;
  const earlier = before?.occurrences.length === course.occurrences.length ? before.occurrences.at(-1)?.severity : undefined;
  const escalated = earlier !== undefined && earlier !== severity && isLive(occurrence?.phase ?? "quiet");
  return escalated
    ? `Incident${issue} escalated from ${earlier} to ${severity}, ${again}${course.state}: ${title}`
    : `Incident${issue} is ${again}${words}: ${title}`;
}

function silencedLine(name: string, title: string, issue: number | undefined, live: boolean): string {
  return live && issue !== undefined
    ? `Silenced by ${name}: incident ${issue} stays open, ${title}`
    : `Silenced by ${name}: ${title} is not recorded`;
}

function passing({ service, check, group, environment, title }: About): string {
  const name = group !== "" ? group : [service, check].filter((part) => part !== "").join(" / ");
  return name === "" ? `what "${title}" is about passes` : `${name} passes${environment === "" ? "" : ` in ${environment}`}`;
}

function stateSentence({ state }: Course, measures: Measures | undefined, severity: Severity): string {
  if (state === "resolved" && measures?.recover !== undefined) return `resolved, recovered after ${spanText(measures.recover * 1000)}`;
  return state === "open" || state === "acknowledged" ? `${state} (${severity})` : state;
}

const optionalIso = (at: number | undefined): string | null => (at === undefined ? null : iso(at));

export function reportOf(
  told: Told,
  backend: Backend | "",
  more: { readonly notes: readonly string[]; readonly delivered: readonly string[] },
): ReportBody {
  const { letter, remembered, delivered, silenced } = told;
  const { course } = remembered;
  const occurrence = course.occurrences.at(-1);
  const measures = measure(occurrence);
  const { environment, service, check, group } = letter.about;
  const rows = [
    ["State", stateOf(course, silenced, delivered)],
    ["Severity", occurrence?.severity ?? letter.about.severity],
    ["First failing sample", optionalIso(occurrence?.since) ?? "–"],
    ["Time to detect", span(measures.detect)],
    ["Time to acknowledge", span(measures.acknowledge)],
    ["Time to recover", span(measures.recover)],
  ];
  const link = delivered.issue?.url.startsWith("http")
    ? [{ kind: "paragraph" as const, text: { link: delivered.issue.url, text: `Incident ${delivered.issue.number}` } }]
    : [];
  return {
    rules: [
      {
        name: "recorded",
        verdict: silenced === undefined ? "pass" : "neutral",
        ...(silenced === undefined ? {} : { why: `silenced by ${silenced}` }),
      },
    ],
    findings: [],
    sections: [{ title: "Incident", blocks: [...link, { kind: "table", columns: [{ title: "" }, { title: "" }], rows }] }],
    notes: [...delivered.notes, ...more.notes],
    data: {
      fingerprint: letter.fingerprint,
      state: stateOf(course, silenced, delivered),
      severity: occurrence?.severity ?? letter.about.severity,
      backend,
      environment,
      service,
      check,
      group,
      incident: delivered.issue?.number ?? null,
      opened: delivered.opened,
      since: optionalIso(occurrence?.since),
      openedAt: optionalIso(occurrence?.openedAt),
      acknowledgedAt: optionalIso(occurrence?.acknowledgedAt),
      recoveredAt: occurrence?.resolvedAt === undefined ? null : optionalIso(occurrence.recoveredAt),
      resolvedAt: optionalIso(occurrence?.resolvedAt),
      timeToDetect: measures.detect ?? null,
      timeToAcknowledge: measures.acknowledge ?? null,
      timeToRecover: measures.recover ?? null,
      flappingPercent: course.flappingPercent,
      targets: course.targets.map(({ name, failing, since }) => ({ name, failing, since: iso(since) })),
      delivered: more.delivered,
      outbox: null,
    },
  };
}

function span(seconds: number | undefined): string {
  return seconds === undefined ? "–" : spanText(seconds * 1000);
}
