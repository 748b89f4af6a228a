import type { Context } from "../../../packages/frame/context.ts";
import { isUserError, messageOf, UserError } from "../../../packages/frame/errors.ts";
import { isProposal, runUrl } from "../../../packages/frame/event.ts";
import type { Outcome } from "../../../packages/frame/outcome.ts";
import { isMissingRight, isUnreachable } from "../../../packages/ledger/failures.ts";
import type { Snapshot } from "../../../packages/ledger/store.ts";
import { type Asked, ask } from "./ask.ts";
import { attemptRecovery } from "./attempt.ts";
import { type Event, isLive } from "./course.ts";
import { type Delivered, deliver, type Way } from "./deliver.ts";
import { headlineOf, type IncidentOutputs, noOutputs, outputsOf, reportOf, type Told } from "./describe.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import { hideIn, hiding } from "./hide.ts";
import { type Letter, letterName, readLetter, renderLetter } from "./letter.ts";
import { observedEvents } from "./observe.ts";
import type { Backend, Desk, IncidentInputs, IncidentPorts, IssueView } from "./ports.ts";
import { type IncidentRecord, waitingPath } from "./record.ts";
import { knownRecord, merge, type Remembered, remember } from "./remember.ts";
import { readSilences, type Silence, silencedBy } from "./silences.ts";

/** How many incidents of other runs one run delivers besides its own. */
const mostOthers = 3;

/**
 * Puts what happened into the record of its incident, with compare-and-swap, and then makes the issue say what the record says. Whatever a run that dies or is
 * refused leaves undone, the next run finds in the record, or in the outbox, and does.
 */
export async function run(inputs: IncidentInputs, ports: IncidentPorts, context: Context): Promise<Outcome<IncidentOutputs>> {
  const silences = readSilences(inputs.silences);
  const hide = hiding(inputs.token);
  const plain = await ask(inputs, context.event);
  const asked = { ...plain, about: hideIn(hide, plain.about), patch: hideIn(hide, plain.patch), target: hide(plain.target) };
  if (inputs.operation === "attempt") {
    return attemptRecovery(inputs, asked, ports, context).catch((error: unknown) => {
      throw isMissingRight(error) ? refused(error.permission, inputs.backend, error.message) : error;
    });
  }
  const evidence = await readEvidence(inputs.evidence ?? [], ports.files, hide);
  return new Incident(inputs, asked, silences, evidence, ports, context).run();
}

class Incident {
  readonly #inputs: IncidentInputs;
  readonly #asked: Asked;
  readonly #silences: readonly Silence[];
  readonly #evidence: Evidence;
  readonly #ports: IncidentPorts;
  readonly #context: Context;
  readonly #run: string;
  readonly #notes: string[];
  readonly #others: string[] = [];
  #desk: Desk | undefined;
  /** What this run has to say stands in the ledger. */
  #recorded: Remembered | undefined;

  constructor(
    inputs: IncidentInputs,
    asked: Asked,
    silences: readonly Silence[],
    evidence: Evidence,
    ports: IncidentPorts,
    context: Context,
  ) {
    this.#inputs = inputs;
    this.#asked = asked;
    this.#silences = silences;
    this.#evidence = evidence;
    this.#ports = ports;
    this.#context = context;
    this.#run = `${context.event.runId || "local"}/${context.event.runAttempt || "1"}`;
    this.#notes = [...evidence.notes];
  }

  async run(): Promise<Outcome<IncidentOutputs>> {
    try {
      const { backend, token } = this.#inputs;
      this.#desk = await this.#ports.desks.open({ backend, token, event: this.#context.event });
      return await this.#work(this.#desk);
    } catch (error) {
      if (isMissingRight(error)) throw refused(error.permission, this.#inputs.backend, error.message);
      if (!isUnreachable(error)) throw error;
      return this.#undelivered(messageOf(error));
    }
  }

  async #work(desk: Desk): Promise<Outcome<IncidentOutputs>> {
    const opening = await this.#readLetters(desk, await desk.store.read());
    const { fingerprint, about } = this.#asked;
    const silence = this.#asked.kind === "fail" ? silencedBy(this.#silences, about, desk.now()) : undefined;
    const known = await knownRecord(opening, fingerprint);
    const { view, observed } = await this.#look(desk, known);
    const heard = this.#hearing(desk, known, observed, silence !== undefined);
    const letter = this.#letter(desk.now(), heard);
    const remembered = await this.#remember(desk, letter, opening, known, observed);
    this.#recorded = remembered;
    const way = this.#way(desk, true);
    const changes = remembered.renewed || this.#asked.update;
    const evidence = changes || known === undefined ? this.#evidence.markdown || undefined : undefined;
    const { record, snapshot } = remembered;
    const delivered = await deliver(way, {
      record,
      snapshot,
      evidence: evidence ?? this.#firstEvidence(remembered),
      view,
      retitle: changes && this.#asked.update,
    });
    await this.#deliverOthers(desk, delivered.snapshot);
    return this.#told({ letter, remembered, delivered, silenced: silence?.name }, desk.backend());
  }

  /** An issue that is still to be opened shows what this run has, whenever its record was begun. */
  #firstEvidence({ record, course }: Remembered): string | undefined {
    const issue = record.issues[course.occurrences.length - 1];
    return issue ? undefined : this.#evidence.markdown || undefined;
  }

  #way(desk: Desk, patient: boolean): Way {
    const { event } = this.#context;
    return { desk, repository: `${event.serverUrl}/${event.repository}`, runUrl: runUrl(event), run: this.#run, patient };
  }

  /** What this run itself has to say: one event at most. */
  #letter(now: number, heard: "all" | "quietly" | "not"): Letter {
    const { fingerprint, about, patch, policy, kind, target } = this.#asked;
    const unique = crypto.randomUUID().slice(0, 8);
    const by = kind === "acknowledge" || kind === "resolve" ? { by: `run ${this.#run}` } : {};
    const whose = target === "" ? {} : { target };
    const id = `${this.#run} ${this.#context.event.job} ${unique}`.slice(0, 200);
    // A silence keeps an incident from getting worse, and not from going on: else passes around it would seem to be a streak.
    const level = heard === "quietly" ? "low" : this.#asked.severity;
    const severity = level === undefined ? {} : { severity: level };
    const at = Math.floor(now / 1000) * 1000;
    const events: readonly Event[] = kind === undefined || heard === "not" ? [] : [{ id, at, kind, ...severity, ...whose, ...by }];
    return { fingerprint, about, patch, update: this.#asked.update, policy, events, evidence: this.#evidence.markdown, fresh: true };
  }

  async #remember(
    desk: Desk,
    letter: Letter,
    from: Snapshot,
    known: IncidentRecord | undefined,
    observed: readonly Event[],
  ): Promise<Remembered> {
    const update = this.#asked.update && known !== undefined;
    if (letter.events.length === 0 && observed.length === 0 && !update) {
      return { ...merge(known, letter, desk.now(), false), snapshot: from };
    }
    return remember(desk, letter, { run: this.#run, from, update, observed });
  }

  /** How much of what this run says counts, given where the incident is after what people did to its issue. */
  #hearing(desk: Desk, known: IncidentRecord | undefined, observed: readonly Event[], silenced: boolean): "all" | "quietly" | "not" {
    const { kind } = this.#asked;
    const course = known === undefined ? undefined : merge(known, this.#letter(0, "not"), desk.now(), false, observed).course;
    const phase = course?.occurrences.at(-1)?.phase ?? "quiet";
    if (silenced) return isLive(phase) ? "quietly" : "not";
    const order = kind === "acknowledge" || kind === "resolve" || kind === "update";
    return order && !isLive(phase) && !(kind === "resolve" && phase === "pending") ? "not" : "all";
  }

  /** The issue as it is now, and what people did to it. */
  async #look(desk: Desk, known: IncidentRecord | undefined): Promise<{ view: IssueView | undefined; observed: readonly Event[] }> {
    if (known === undefined) return { view: undefined, observed: [] };
    const { course } = merge(known, this.#letter(0, "not"), desk.now(), false);
    const occurrence = course.occurrences.at(-1);
    const reference = known.issues[course.occurrences.length - 1];
    if (occurrence === undefined || !reference || occurrence.phase === "closed") return { view: undefined, observed: [] };
    const view = await desk.tracker.get(reference.number);
    if (view === undefined) return { view, observed: [] };
    const observed = await observedEvents(desk.tracker, view, known, occurrence);
    return { view, observed };
  }

  /** Says what earlier runs could not. A pull request could have brought such files along, so its runs leave them alone. */
  async #readLetters(desk: Desk, from: Snapshot): Promise<Snapshot> {
    if (isProposal(this.#context.event)) return from;
    let snapshot = from;
    for (const { name, text } of await this.#ports.desks.letters()) {
      const letter = readLetter(text);
      if (letter === undefined) {
        this.#notes.push(`${name} in the outbox is not a letter of this action, and was left there.`);
        continue;
      }
      const said = this.#inOurTime(desk, letter);
      try {
        ({ snapshot } = await remember(desk, said, { run: this.#run, from: snapshot, update: letter.update === true }));
      } catch (error) {
        if (!isUserError(error) || letter.fingerprint === this.#asked.fingerprint) throw error;
        this.#notes.push(`${name} in the outbox could not be delivered, and was left there: ${messageOf(error)}`);
        continue;
      }
      await this.#ports.desks.discard(name);
      if (letter.fingerprint !== this.#asked.fingerprint) this.#others.push(letter.fingerprint);
    }
    return snapshot;
  }

  /** A letter of a run that GitHub never told the time has its machine's, which is wrong as ours is; and nothing has happened in the future. */
  #inOurTime(desk: Desk, letter: Letter): Letter {
    const now = Math.floor(desk.now() / 1000) * 1000;
    const off = letter.localTime === true && desk.knowsTime() ? desk.now() - this.#ports.clock.now() : 0;
    const shifted = (at: number): number => Math.max(Math.min(Math.round((at + off) / 1000) * 1000, now), 0);
    return { ...letter, events: letter.events.map((event) => ({ ...event, at: shifted(event.at) })) };
  }

  /** Issues of other incidents that are not up to date, because their runs died or were refused. What fails here is left to the next run. */
  async #deliverOthers(desk: Desk, from: Snapshot): Promise<void> {
    const own = waitingPath(this.#asked.fingerprint);
    const waiting = from.paths.filter((path) => path.startsWith("outbox/") && path !== own).slice(0, mostOthers);
    let snapshot = from;
    for (const path of waiting) {
      const fingerprint = /^outbox\/([0-9a-f]{12})\.json$/.exec(path)?.[1];
      try {
        const record = fingerprint === undefined ? undefined : await knownRecord(snapshot, fingerprint);
        if (record === undefined) continue;
        ({ snapshot } = await deliver(this.#way(desk, false), { record, snapshot, evidence: undefined, retitle: false }));
        if (!this.#others.includes(record.fingerprint)) this.#others.push(record.fingerprint);
      } catch (error) {
        if (isUserError(error)) {
          this.#notes.push(`The incident ${fingerprint} waits: ${messageOf(error)}`);
          continue;
        }
        if (!isUnreachable(error)) throw error;
        this.#ports.log.info(`The incident ${fingerprint} waits for another run: ${messageOf(error)}.`);
        return;
      }
    }
  }

  #told(told: Told, backend: Backend): Outcome<IncidentOutputs> {
    const { kind, update } = this.#asked;
    const { course, before } = told.remembered;
    const by = kind === "acknowledge" || kind === "resolve" || update;
    const nothing = by && before !== undefined ? !isLive(before.occurrences.at(-1)?.phase ?? "quiet") : by;
    const neutral = told.silenced !== undefined || kind === undefined || nothing;
    const report = reportOf(told, backend, { notes: this.#notes, delivered: this.#others });
    const reason = kind === undefined ? `the verdict is ${this.#inputs.verdict ?? "not given"}` : "there is no live incident";
    const headline =
      neutral && told.silenced === undefined
        ? `Nothing to record, ${reason}${course.state === "quiet" ? "" : `; incident is ${course.state}`}`
        : headlineOf(told);
    const rules = neutral
      ? [{ name: "recorded", verdict: "neutral" as const, why: told.silenced === undefined ? reason : `silenced by ${told.silenced}` }]
      : report.rules;
    return { verdict: neutral ? "neutral" : "pass", headline, outputs: outputsOf(told), report: { ...report, rules } };
  }

  /** Nothing answers. What this run has to say waits in the ledger, if it got so far, else in a file. */
  async #undelivered(reason: string): Promise<Outcome<IncidentOutputs>> {
    const { kind, fingerprint, about } = this.#asked;
    const localTime = this.#desk?.knowsTime() !== true;
    const letter = { ...this.#letter(this.#desk?.now() ?? this.#ports.clock.now(), "all"), localTime };
    const silence = kind === "fail" ? silencedBy(this.#silences, about, letter.events[0]?.at ?? 0) : undefined;
    const recorded = this.#recorded;
    const idle = letter.events.length === 0 || silence !== undefined;
    const outbox =
      recorded !== undefined || idle
        ? undefined
        : await this.#ports.desks.keep(letterName(letter, letter.events[0]?.id.slice(-8) ?? ""), renderLetter(letter));
    const where = recorded !== undefined ? "it is in the ledger" : `it waits in ${outbox}`;
    const data = {
      fingerprint,
      state: silence === undefined ? "" : "silenced",
      severity: about.severity,
      backend: this.#desk?.backend() ?? "",
      outbox: outbox ?? null,
    };
    const why = silence === undefined ? reason : `silenced by ${silence.name}`;
    const rule = { name: "recorded", verdict: idle ? ("neutral" as const) : ("unknown" as const), why };
    const report = { rules: [rule], findings: [], sections: [], notes: this.#notes, data };
    if (idle) {
      const headline =
        silence === undefined
          ? `Nothing to record, the verdict is ${this.#inputs.verdict ?? "not given"} (${reason})`
          : `Silenced by ${silence.name}: ${about.title} is not recorded`;
      return { verdict: "neutral", headline, outputs: { ...noOutputs, state: silence === undefined ? undefined : "silenced" }, report };
    }
    const headline = `Not delivered: ${reason}; ${where}, and the next run delivers it (${about.title})`;
    const outputs =
      recorded === undefined ? noOutputs : outputsOf({ letter, remembered: recorded, delivered: undone(recorded), silenced: undefined });
    return { verdict: "unknown", headline, outputs, report };
  }
}

function undone({ record, snapshot, course }: Remembered): Delivered {
  const issue = record.issues[course.occurrences.length - 1] ?? undefined;
  return { record, snapshot, issue, opened: false, duplicateOf: undefined, notes: [] };
}

function refused(permission: "contents" | "issues", backend: string, reason: string): UserError {
  if (permission === "issues") {
    return new UserError(`The job may not write issues (${reason}). Grant it \`permissions: issues: write\`.`);
  }
  return new UserError(
    `The job may not write contents, where \`backend: ${backend}\` keeps its records (${reason}). Grant it \`permissions: contents: write\`, or set \`backend: issue\`, which needs \`issues: write\` only.`,
  );
}
