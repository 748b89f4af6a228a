import type { Rule } from "../report/model.ts";
import type { Waivers } from "./context.ts";
import { compileGlob } from "./glob.ts";

/** An entry of `.forge.yml`'s `accept:` list. */
export interface Waiver {
  readonly rule: string;
  readonly path?: string;
  readonly reason: string;
  /** The last day on which it counts, in UTC: `2027-01-31`. */
  readonly until: string;
  /** Where it stands, for messages. */
  readonly where: string;
}

export interface WaiverBook extends Waivers {
  /** Turns failing rules that are accepted into warnings. */
  accept(rules: readonly Rule[]): { readonly rules: readonly Rule[]; readonly accepted: boolean };
  /** One sentence for each waiver that was used, and for each that has died and would have been. */
  notes(): string[];
}

/** Waivers on the day of `now` (milliseconds since 1970). */
export function openWaivers(waivers: readonly Waiver[], now: number): WaiverBook {
  const today = new Date(now).toISOString().slice(0, 10);
  const used = new Set<Waiver>();
  const expired = new Set<Waiver>();
  const find = (rule: string, path: string | undefined): Waiver | undefined => {
    const fitting = waivers.filter((waiver) => waiver.rule === rule && fits(waiver, path));
    for (const waiver of fitting) if (waiver.until < today) expired.add(waiver);
    return fitting.find((waiver) => waiver.until >= today);
  };
  const accepts = (rule: string, path?: string): boolean => {
    const waiver = find(rule, path);
    if (waiver !== undefined) used.add(waiver);
    return waiver !== undefined;
  };
  return {
    accepts,
    paths(rule) {
      const named = waivers.filter((waiver) => waiver.rule === rule && waiver.path !== undefined);
      return named.length === 0 ? undefined : (path) => named.some((waiver) => fits(waiver, path)) && accepts(rule, path);
    },
    accept(rules) {
      let accepted = false;
      const judged = rules.map((rule): Rule => {
        if (rule.verdict !== "fail" || !accepts(rule.name, rule.path)) return rule;
        accepted = true;
        const waiver = find(rule.name, rule.path);
        return { ...rule, verdict: "warn", why: `accepted until ${waiver?.until ?? ""}: ${waiver?.reason ?? ""}` };
      });
      return { rules: judged, accepted };
    },
    notes() {
      const live = [...used].map((waiver) => `Accepted until ${waiver.until}: ${describe(waiver)} (${waiver.reason}).`);
      const dead = [...expired].filter((waiver) => !used.has(waiver));
      return [...live, ...dead.map((waiver) => `No longer accepted since ${waiver.until}: ${describe(waiver)} (${waiver.where}).`)];
    },
  };
}

function fits(waiver: Waiver, path: string | undefined): boolean {
  if (waiver.path === undefined) return true;
  return path !== undefined && compileGlob(waiver.path)(path);
}

function describe(waiver: Waiver): string {
  return waiver.path === undefined ? waiver.rule : `${waiver.rule} for ${waiver.path}`;
}
