import type { Fault, Matcher } from "./faults.ts";
import type { State } from "./state.ts";

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** `GET /repos/{owner}/{repo}`, or empty for an unknown route. */
  readonly route: string;
  readonly login: string | undefined;
  /** Permissions of which one was needed, as `pull_requests=write`. */
  readonly needs: readonly string[];
  /** What was answered; 0 where the connection was broken or left hanging. */
  status: number;
  fault: string | undefined;
}

/** A strict GitHub on a loopback port. */
export interface FakeGitHub {
  /** For `GITHUB_API_URL`. */
  readonly url: string;
  readonly state: State;
  readonly requests: readonly Recorded[];
  /** Unknown routes, and whatever contradicts GitHub's OpenAPI description. */
  readonly problems: readonly string[];
  /** Plans a fault for matching requests. */
  fault(matcher: Matcher, fault: Fault): void;
  /** Throws where there are `problems`; call it at the end of each test. */
  verify(): void;
  /** An empty GitHub again; connections that were left hanging are cut. */
  reset(): void;
  close(): Promise<void>;
}

/** The fakes of this process by the address that bundles are given, so that what a bundle asks for can be told. */
export const running = new Map<string, FakeGitHub>();
