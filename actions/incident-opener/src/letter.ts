import { isFingerprint } from "../../../packages/ledger/fingerprint.ts";
import type { Event, Policy } from "./course.ts";
import { type About, eventOf, isAbout, isObject, isPolicy, parsed } from "./record.ts";

/** What a run has to say about one incident: enough for another run to say it in its stead. */
export interface Letter {
  readonly fingerprint: string;
  readonly about: About;
  readonly policy: Policy;
  readonly events: readonly Event[];
  /** What an update says; the rest stays as it is. */
  readonly patch?: Partial<About>;
  readonly update?: boolean;
  /** Markdown that this action rendered. */
  readonly evidence: string;
  /** Its events have the time of the machine that wrote it, because GitHub told none. */
  readonly localTime?: boolean;
  /** Its events happen now, so whatever is recorded already came before them, however coarse the clock is. */
  readonly fresh?: boolean;
}

const schema = "forge-outbox/1";
const longestEvidence = 40_000;

export function renderLetter({
  fingerprint,
  about,
  policy,
  events,
  evidence,
  patch = {},
  update = false,
  localTime = false,
}: Letter): string {
  const given = update ? Object.keys(patch) : [];
  return `${JSON.stringify({ schema, fingerprint, about, policy, events, evidence, update, given, localTime }, undefined, 1)}\n`;
}

/** Sorts by time, and two runs of one moment do not collide. */
export function letterName({ fingerprint, events }: Letter, unique: string): string {
  const first = events[0]?.at ?? 0;
  return `${String(first).padStart(14, "0")}-${fingerprint}-${unique.replace(/[^A-Za-z0-9]/g, "").slice(0, 40)}.json`;
}

/** `undefined` for what is no letter of this action. Evidence is not taken from files: only a run that read it itself may show Markdown. */
export function readLetter(text: string): Letter | undefined {
  const value = parsed(text);
  if (!isObject(value) || value.schema !== schema) return undefined;
  const { fingerprint, about, policy, events } = value;
  if (typeof fingerprint !== "string" || !isFingerprint(fingerprint) || !isAbout(about) || !isPolicy(policy)) return undefined;
  if (!Array.isArray(events) || events.length === 0 || events.length > 200) return undefined;
  const known = events.map(eventOf);
  if (known.some((event) => event === undefined)) return undefined;
  const names: readonly unknown[] = Array.isArray(value.given) ? value.given : [];
  return {
    fingerprint,
    about,
    patch: Object.fromEntries(Object.entries(about).filter(([name]) => names.includes(name))),
    update: value.update === true,
    policy,
    events: known.filter((event) => event !== undefined),
    evidence: "",
    localTime: value.localTime === true,
  };
}

/** What stands on the ledger of an incident whose issue is not up to date. */
export interface Waiting {
  readonly evidence: string;
}

export function renderWaiting(waiting: Waiting): string {
  return `${JSON.stringify({ schema: "forge-waiting/1", evidence: waiting.evidence.length > longestEvidence ? "" : waiting.evidence })}\n`;
}

export function readWaiting(text: string | undefined): Waiting {
  const value = text === undefined ? undefined : parsed(text);
  return { evidence: isObject(value) && typeof value.evidence === "string" ? value.evidence : "" };
}
