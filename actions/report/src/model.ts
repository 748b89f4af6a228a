import type { Event } from "../../../packages/frame/event.ts";
import type { Inputs } from "../../../packages/frame/manifest.ts";
import type { Verdict } from "../../../packages/frame/outcome.ts";
import type { Ports } from "../../../packages/frame/ports.ts";
import type { Report } from "../../../packages/report/model.ts";
import type manifest from "./manifest.ts";

export type ReportInputs = Inputs<typeof manifest>;

/** What one gate said, or why it said nothing. */
export interface Gate {
  /** `coverage-gate`, or `coverage-gate.web` with an id: as its report file is called. */
  readonly name: string;
  readonly verdict: Verdict;
  readonly headline: string;
  /** Absent where the report is missing or could not be read. */
  readonly report?: Report;
}

export interface File {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A run of a workflow, as far as the privileged half needs it. */
export interface RunFacts {
  readonly id: number;
  readonly attempt: number;
  readonly event: string;
  readonly status: string;
  readonly conclusion: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name`; empty where the fork is gone, `undefined` where the server does not say. */
  readonly headRepository: string | undefined;
  /** Empty for forks. */
  readonly pulls: readonly number[];
}

export interface PullFacts {
  readonly number: number;
  readonly headSha: string;
  readonly headBranch: string;
  /** As of a run. */
  readonly headRepository: string | undefined;
}

export interface ArtifactFacts {
  readonly id: number;
  readonly name: string;
  /** Bytes, packed, as the list says. */
  readonly size: number;
  readonly expired: boolean;
}

export type Posted = { readonly url: string } | { readonly skipped: string };

export interface CheckRun {
  readonly name: string;
  readonly headSha: string;
  readonly conclusion: "success" | "failure" | "neutral";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
}

/**
 * What is asked of GitHub. What is not there is `undefined`; what GitHub refuses, or a GitHub that does not answer, is a `UserError` with exit code 3,
 * except in `post` and `check`, which say why they did nothing.
 */
export interface GitHub {
  run(id: number): Promise<RunFacts | undefined>;
  /** Newest first, of this name only. */
  artifacts(run: number, name: string): Promise<readonly ArtifactFacts[]>;
  /** The archive; a `UserError` where it has more than `maxBytes`. */
  download(artifact: number, maxBytes: number): Promise<Uint8Array>;
  pull(number: number): Promise<PullFacts | undefined>;
  /** Open pull requests from this branch. */
  pullsFrom(repository: string | undefined, branch: string): Promise<readonly PullFacts[]>;
  /** The commits of a pull request, at most 250. */
  commits(pull: number): Promise<readonly string[]>;
  /** What this token's own comment says now. */
  comment(pull: number, key: string): Promise<string | undefined>;
  /** Where `text` gives nothing, the comment stays as it is. */
  post(pull: number, key: string, text: (previous: string | undefined) => Promise<string | undefined>): Promise<Posted>;
  check(run: CheckRun): Promise<{ readonly skipped: string } | undefined>;
}

export interface ReportPorts extends Ports {
  readonly github: { open(token: string, event: Event): Promise<GitHub> };
  /** Uploads an artifact of this run; one of the same name is replaced. Never throws. */
  readonly artifacts: { upload(name: string, archive: Uint8Array): Promise<{ readonly uploaded: string } | { readonly skipped: string }> };
  readonly deflate: {
    pack(bytes: Uint8Array): Promise<Uint8Array>;
    /** Throws where the result would have more than `most` bytes, or the data is damaged. */
    unpack(bytes: Uint8Array, most: number): Promise<Uint8Array>;
    checksum(bytes: Uint8Array): Promise<number>;
  };
  readonly letter: {
    /** The Markdown of a comment, without secrets, shorter by `spare` bytes than what fits. */
    write(report: Omit<Report, "version">, spare: number): Promise<string>;
    /** A report without secrets. */
    clean(report: Report): Report;
  };
}
