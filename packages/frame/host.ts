import type { Report } from "../report/model.ts";
import type { Event } from "./event.ts";
import type { YamlReader } from "./inputs.ts";
import type { YamlInput } from "./manifest.ts";
import type { Masker } from "./masking.ts";
import type { Ports } from "./ports.ts";

/** The common settings that decide how ports are opened. */
export interface Settings {
  readonly id: string;
  readonly workingDirectory: string;
  readonly token: string | undefined;
  /** The `baseline` input, where the action has one. */
  readonly baseline: string;
  readonly baselineBranches: readonly string[];
}

export interface Publication {
  readonly report: Report;
  readonly exitCode: number;
}

/** Where an action runs: on a runner, in a terminal, or in memory. */
export interface Host {
  readonly terminal: boolean;
  readonly event: Event;
  /** The action's own version, read when it runs: bundles hold none. */
  readonly version: string;
  /** What the step or the command line gave; an empty text counts as nothing given. */
  input(name: string): string | undefined;
  readonly readYaml: YamlReader;
  /** `.forge.yml` of the repository that `workingDirectory` lies in. */
  readConfig(workingDirectory: string): Promise<YamlInput | undefined>;
  /** Where paths start when neither input nor configuration says so. */
  readonly workingDirectory: string;
  openPorts(settings: Settings): Promise<Ports>;
  /** Where the report will be written; refuses a name that this job has used already. */
  claimReport(name: string): Promise<string>;
  publish(publication: Publication, reportPath: string): Promise<void>;
  /** The report as Markdown for a pull request's comment, shorter by `spare` bytes than what fits there. */
  commentBody(report: Report, spare?: number): Promise<string>;
  readonly masker: Pick<Masker, "mask" | "deep">;
  secret(value: string): void;
}
