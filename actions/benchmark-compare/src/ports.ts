import type { Ports } from "../../../packages/frame/ports.ts";
import type { HostFacts } from "./model.ts";

/** This machine. */
export interface Machine {
  /** `class`: what runs must have in common for their times to be compared. */
  facts(): Promise<HostFacts & { readonly cores: number; readonly class: string }>;
  /** How long a fixed piece of work takes here, in ns. */
  ruler(): Promise<number>;
  /** Keeps what is short-lived small from now on, for work on tens of megabytes. */
  spareMemory(): Promise<void>;
  /** What was taken from this machine by others, since it was started. */
  pressure(): Promise<Pressure>;
}

export interface Pressure {
  /** Ticks of all cores: those that the host gave to other machines, and all. */
  readonly stolen: number;
  readonly total: number;
  /** Processes that want to run, averaged over a minute. */
  readonly load: number;
}

export interface Ended {
  readonly exitCode: number;
  /** It was ended because it took longer than it may. */
  readonly late?: true;
  readonly stdout: string;
  /** The last line that it said on stderr. */
  readonly lastWords: string;
}

/** One side, checked out. */
export interface Tree {
  /** Runs a line by the shell in the folder that stands for the working directory, without this step's inputs and tokens. */
  run(line: string, timeout: number): Promise<Ended>;
  /** Removes the files that globs name, so that nothing old is read. */
  clear(globs: readonly string[]): Promise<void>;
  /** Texts of the files that globs name, in natural order of their paths. */
  read(globs: readonly string[]): Promise<readonly { readonly path: string; readonly text: string }[]>;
}

export interface Trees {
  /** Checks both commits out beside each other for as long as the work takes. */
  within<T>(
    base: string,
    head: string,
    work: (base: Tree, head: Tree) => Promise<T>,
  ): Promise<{ readonly done: T } | { readonly failed: string }>;
}

/** The trend page's code, of which no other run needs anything. */
export interface PageCode {
  readonly style: string;
  /** The list of all series, which is seen first. */
  readonly list: string;
  readonly chart: string;
}

export interface PageParts {
  code(): Promise<PageCode>;
}

export type ComparePorts = Ports & { readonly machine: Machine; readonly trees: Trees; readonly page: PageParts };
