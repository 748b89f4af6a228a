/** A second opinion about what the issue of one check must look like, from the contract's words alone: a list of samples, read from the start. */
export interface Sample {
  /** Minutes since the beginning. */
  readonly at: number;
  readonly failing: boolean;
  readonly severity: "critical" | "high" | "medium" | "low";
}

export interface Rules {
  readonly for: number;
  readonly resolveAfter: number;
  readonly reopenWithin: number;
}

export interface Expected {
  readonly state: string;
  /** How many issues have ever been opened. */
  readonly issues: number;
  readonly open: boolean;
  readonly severity: string;
  /** Minutes. */
  readonly detect: number | undefined;
  readonly recover: number | undefined;
}

interface Life {
  first: number;
  opened: number | undefined;
  over: number | undefined;
  good: number[];
  severity: string;
}

const order = ["critical", "high", "medium", "low"];

/** What is expected right after the last sample. */
export function expected(samples: readonly Sample[], rules: Rules): Expected {
  const reading: Reading = { life: undefined, issues: 0, flapping: false, history: [], before: [] };
  for (const sample of samples) {
    if (sample.failing) fails(reading, sample, rules);
    else passes(reading, sample, rules);
  }
  return told(reading, samples.at(-1)?.at ?? 0, rules);
}

interface Reading {
  life: Life | undefined;
  issues: number;
  flapping: boolean;
  history: boolean[];
  /** Incidents that are over for good. */
  before: Life[];
}

function look(reading: Reading, failing: boolean): void {
  reading.history.push(failing);
  const percent = changes(reading.history);
  reading.flapping = reading.flapping ? percent >= 5 : percent >= 20;
}

function fails(reading: Reading, { at, severity }: Sample, rules: Rules): void {
  look(reading, true);
  const over = reading.life?.over;
  const gone = over !== undefined && at - over > rules.reopenWithin;
  if (gone && reading.life !== undefined) reading.before.push(reading.life);
  const life: Life =
    reading.life === undefined || gone ? { first: at, opened: undefined, over: undefined, good: [], severity } : reading.life;
  life.good = [];
  life.over = undefined;
  if (order.indexOf(severity) < order.indexOf(life.severity)) life.severity = severity;
  if (life.opened === undefined && at - life.first >= rules.for) {
    life.opened = at;
    reading.issues += 1;
  }
  reading.life = life;
}

function passes(reading: Reading, { at }: Sample, rules: Rules): void {
  const { life } = reading;
  if (life?.opened === undefined) {
    // Nothing has come of it, so all is as it was before.
    Object.assign(reading, { life: reading.before.pop(), flapping: false, history: [] });
    return;
  }
  look(reading, false);
  if (life.over !== undefined) return;
  life.good.push(at);
  const [began = at] = life.good;
  const long = rules.resolveAfter === 0 || (life.good.length >= 3 && at - began >= rules.resolveAfter);
  if (long && !reading.flapping) life.over = at;
}

function told({ life, issues, flapping }: Reading, now: number, rules: Rules): Expected {
  if (life === undefined) return { state: "", issues, open: false, severity: "", detect: undefined, recover: undefined };
  const { first, opened, over, good, severity } = life;
  const detect = opened === undefined ? undefined : opened - first;
  const recover = over === undefined ? undefined : (good[0] ?? over) - first;
  const open = opened !== undefined && over === undefined;
  return { state: stateOf(life, flapping, now, rules), issues, open, severity, detect, recover };
}

function stateOf({ opened, over, good }: Life, flapping: boolean, now: number, { reopenWithin }: Rules): string {
  if (opened === undefined) return "pending";
  if (over !== undefined) return now - over > reopenWithin ? "closed" : "resolved";
  if (flapping) return "flapping";
  return good.length > 0 ? "mitigated" : "open";
}

/** Of the twenty steps between the last 21 samples, how many change, the newest weighing 1.2 and the oldest 0.8, in percent. */
function changes(history: readonly boolean[]): number {
  let sum = 0;
  for (let back = 0; back < 20; back++) {
    const [after, before] = [history[history.length - 1 - back], history[history.length - 2 - back]];
    if (after !== undefined && before !== undefined && after !== before) sum += 1.2 - (0.4 * back) / 19;
  }
  return (sum / 20) * 100;
}
