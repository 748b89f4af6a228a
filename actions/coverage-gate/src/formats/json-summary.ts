import type { Metric, Ratio } from "../model.ts";
import { sourcePath } from "./bytes.ts";
import type { Draft } from "./draft.ts";
import { ReportFault } from "./fault.ts";
import { asNumber, asObject, type JsonHandler, type JsonKind, type JsonObject, type JsonPath, member } from "./json.ts";

/** istanbul's `coverage-summary.json`: numbers of each file and of all, no lines. */
export class JsonSummaryHandler implements JsonHandler {
  readonly #draft: Draft;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  want(path: JsonPath, kind: JsonKind): "enter" | "keep" | "skip" {
    return path.length === 0 && kind === "object" ? "enter" : "keep";
  }

  value(path: JsonPath, value: unknown, offset: number): void {
    const totals = totalsOf(asObject(value), "total", offset);
    if (path.length === 0 || totals === undefined)
      throw new ReportFault("the document is no object of files with `lines`, `total` and `covered`", offset);
    if (path[0] === "total") this.#draft.totals = totals;
    else this.#draft.add({ path: sourcePath(String(path[0])), totals });
  }
}

/** Totals by metric, as json-summary and `llvm-cov export --summary-only` write them. */
export function totalsOf(summary: JsonObject | undefined, totalKey: string, offset: number): Partial<Record<Metric, Ratio>> | undefined {
  const totals: Partial<Record<Metric, Ratio>> = {};
  let found = false;
  for (const metric of ["lines", "statements", "branches", "functions"] as const) {
    const entry = asObject(member(summary, metric));
    if (entry === undefined) continue;
    const total = asNumber(member(entry, totalKey), `\`${metric}.${totalKey}\``, offset);
    const covered = asNumber(member(entry, "covered"), `\`${metric}.covered\``, offset);
    if (!Number.isInteger(total) || !Number.isInteger(covered) || covered < 0 || covered > total) {
      throw new ReportFault(`\`${metric}\` says that ${covered} of ${total} are covered`, offset);
    }
    totals[metric] = { covered, total };
    found = true;
  }
  return found ? totals : undefined;
}
