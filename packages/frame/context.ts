import type { Event } from "./event.ts";

/** What `.forge.yml`'s `accept:` list allows today. The frame notes every use and shows it in the report. */
export interface Waivers {
  /** A living waiver for the rule without a path, or with a glob that matches `path`. */
  accepts(rule: string, path?: string): boolean;
  /** For rules over many files: which of them are taken out of the rule's numbers; `undefined` when no waiver names a path. */
  paths(rule: string): ((path: string) => boolean) | undefined;
}

export interface Context {
  readonly event: Event;
  readonly id: string;
  /** A laptop: no annotations, no summary, the working tree instead of a commit. */
  readonly terminal: boolean;
  readonly waivers: Waivers;
  /** Where the JSON report will be written, for what an action puts beside it. */
  readonly reportPath?: string;
}
