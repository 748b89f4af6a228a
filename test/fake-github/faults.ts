/** What goes wrong. `after: true`: the request is carried out first, and only its answer is lost. */
export type Fault =
  | { readonly kind: "status"; readonly status: 500 | 502 | 503; readonly after?: boolean }
  /** 403 with the secondary limit's words; `retryAfter` in seconds. */
  | { readonly kind: "secondary-limit"; readonly retryAfter?: number }
  /** 429 (or 403) with nothing remaining until `reset` seconds from now. */
  | { readonly kind: "rate-limit"; readonly status?: 403 | 429; readonly resetIn: number }
  /** No answer until the fake is reset or closed. */
  | { readonly kind: "stall"; readonly after?: boolean }
  /** Headers and half of the body, then the connection breaks. */
  | { readonly kind: "reset-mid-body"; readonly after?: boolean }
  /** A whole answer whose JSON ends in the middle. */
  | { readonly kind: "truncated-json"; readonly after?: boolean }
  /** Any other answer. */
  | { readonly kind: "answer"; readonly status: number; readonly message: string; readonly headers?: Readonly<Record<string, string>> };

export interface Matcher {
  readonly method?: string;
  /** Part of the path, or a pattern for it. */
  readonly path?: string | RegExp;
  /** How many matching requests pass unharmed first. */
  readonly skip?: number;
  /** How many are harmed; 1 unless told, `Infinity` for all. */
  readonly times?: number;
  /** Harms a matching request with this chance, drawn from `random`. */
  readonly chance?: number;
}

interface Planned {
  readonly matcher: Matcher;
  readonly fault: Fault;
  skip: number;
  left: number;
}

/** The faults that are waiting for their requests. */
export class Faults {
  #planned: Planned[] = [];
  #seed = 1;

  add(matcher: Matcher, fault: Fault): void {
    this.#planned.push({ matcher, fault, skip: matcher.skip ?? 0, left: matcher.times ?? 1 });
  }

  clear(): void {
    this.#planned = [];
    this.#seed = 1;
  }

  take(method: string, path: string): Fault | undefined {
    for (const planned of this.#planned) {
      if (!matches(planned.matcher, method, path) || planned.left <= 0) continue;
      if (planned.skip > 0) {
        planned.skip -= 1;
        continue;
      }
      if (this.#random() >= (planned.matcher.chance ?? 1)) continue;
      planned.left -= 1;
      return planned.fault;
    }
    return undefined;
  }

  /** The same numbers in every run. */
  #random(): number {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  }
}

function matches({ method, path }: Matcher, actualMethod: string, actualPath: string): boolean {
  if (method !== undefined && method !== actualMethod) return false;
  if (path === undefined) return true;
  return typeof path === "string" ? actualPath.includes(path) : path.test(actualPath);
}
