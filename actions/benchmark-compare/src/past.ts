import type { Comparison } from "./comparison.ts";
import type { History } from "./history.ts";
import { coursesOf, judgeHistory } from "./judge-history.ts";
import { keyOf, type ResultFile } from "./model.ts";
import type { ComparePorts } from "./ports.ts";
import { hostOf, pairUp } from "./readings.ts";
import type { CompareInputs, Settings } from "./settings.ts";
import { median } from "./statistics/order.ts";

/** Rulers are measured once a run. */
const measured = new WeakMap<ComparePorts, Promise<number>>();

export async function rulerIn(ports: ComparePorts): Promise<number> {
  const before = measured.get(ports) ?? ports.machine.ruler();
  measured.set(ports, before);
  return before;
}

/** One side against what earlier runs on such a machine have shown. */
export async function compareWithHistory(
  head: readonly ResultFile[],
  history: History,
  inputs: CompareInputs,
  settings: Settings,
  ports: ComparePorts,
): Promise<Comparison> {
  const facts = await ports.machine.facts();
  const told = hostOf(head);
  const elsewhere = told.cpu !== undefined && told.cpu !== facts.cpu;
  const host = elsewhere ? (told.cpu ?? "") : facts.class;
  const notes: string[] = [];
  const ruler = await rulerLog(head, inputs.ruler, elsewhere, notes, ports);
  const pairs = pairUp([], head, settings.suite);
  const results = judgeHistory({ pairs, history, host, ruler, rulerName: inputs.ruler, files: head.length }, settings);
  const courses = new Map([...coursesOf(history, "none")].map(([key, course]) => [key, course.map(({ value }) => value)] as const));
  for (const { measure, head: side } of pairs) {
    const value = median((side?.rounds ?? []).filter((each) => each !== undefined));
    const key = keyOf(measure);
    if (Number.isFinite(value)) courses.set(key, [...(courses.get(key) ?? []), value]);
  }
  const known = history.runs.length > 0;
  return {
    mode: known ? "history" : "none",
    rounds: head.length,
    results,
    courses,
    host: { ...told, ...(elsewhere ? {} : { cpu: facts.cpu, cores: facts.cores, class: facts.class }) },
    guards: [],
    notes,
    head,
  };
}

/** The logarithm of the ruler now; 0 where there is none. */
async function rulerLog(
  head: readonly ResultFile[],
  ruler: string,
  elsewhere: boolean,
  notes: string[],
  ports: ComparePorts,
): Promise<number> {
  if (ruler === "none") return 0;
  if (ruler === "builtin") return elsewhere ? 0 : Math.log(await rulerIn(ports));
  const values = head.flatMap(({ measures }) =>
    measures.filter(({ name, unit }) => name === ruler && unit === "ns").flatMap(({ values: own }) => own),
  );
  if (values.length > 0) return Math.log(median(values));
  notes.push(`The ruler "${ruler.slice(0, 200)}" is no benchmark of these results that measures time.`);
  return 0;
}
