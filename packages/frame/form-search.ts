/** A stretch `[start, end)` of a text. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds all forms in one pass (Aho and Corasick's automaton), so neither many secrets nor a text made of almost-secrets is slow. A state is a
 * beginning of some form. Hundreds of secrets have hundreds of thousands of states, so each is a few numbers in tables and no object: the states that
 * follow one are a list of siblings, and only those behind the root, which every character of a text asks for, are looked up directly.
 */
export class FormSearch {
  readonly #first = new Uint32Array(0x10000);
  readonly #unit: Uint16Array;
  readonly #child: Uint32Array;
  readonly #sibling: Uint32Array;
  readonly #fallback: Uint32Array;
  /** Length of the longest form that ends in a state. */
  readonly #longest: Uint32Array;
  #states = 1;

  constructor(forms: ReadonlySet<string>) {
    let most = 1;
    for (const form of forms) most += form.length;
    this.#unit = new Uint16Array(most);
    this.#child = new Uint32Array(most);
    this.#sibling = new Uint32Array(most);
    this.#fallback = new Uint32Array(most);
    this.#longest = new Uint32Array(most);
    for (const form of forms) this.#insert(form);
    this.#connect();
  }

  replace(text: string, by: string): string {
    const hidden = this.#find(text);
    if (hidden.length === 0) return text;
    const parts: string[] = [];
    let shown = 0;
    for (const { start, end } of hidden) {
      parts.push(text.slice(shown, start), by);
      shown = end;
    }
    parts.push(text.slice(shown));
    return parts.join("");
  }

  #insert(form: string): void {
    let state = 0;
    for (let depth = 0; depth < form.length; depth++) {
      const unit = form.charCodeAt(depth);
      state = this.#next(state, unit) || this.#grow(state, unit);
    }
    this.#longest[state] = form.length;
  }

  #grow(parent: number, unit: number): number {
    const state = this.#states++;
    this.#unit[state] = unit;
    if (parent === 0) this.#first[unit] = state;
    this.#sibling[state] = this.#child[parent] as number;
    this.#child[parent] = state;
    return state;
  }

  /** By depth, because a state falls back to one that is nearer to the root. */
  #connect(): void {
    const queue = new Uint32Array(this.#states);
    let queued = 1;
    for (let at = 0; at < queued; at++) {
      const parent = queue[at] as number;
      for (let state = this.#child[parent] as number; state !== 0; state = this.#sibling[state] as number) {
        queue[queued++] = state;
        const fallback = parent === 0 ? 0 : this.#step(this.#fallback[parent] as number, this.#unit[state] as number);
        this.#fallback[state] = fallback;
        this.#longest[state] = Math.max(this.#longest[state] as number, this.#longest[fallback] as number);
      }
    }
  }

  /** The state that follows on a character, 0 where there is none. */
  #next(from: number, unit: number): number {
    if (from === 0) return this.#first[unit] as number;
    let state = this.#child[from] as number;
    while (state !== 0 && this.#unit[state] !== unit) state = this.#sibling[state] as number;
    return state;
  }

  #step(from: number, unit: number): number {
    let state = from;
    for (;;) {
      const next = this.#next(state, unit);
      if (next !== 0 || state === 0) return next;
      state = this.#fallback[state] as number;
    }
  }

  #find(text: string): Stretch[] {
    const found: Stretch[] = [];
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      state = this.#step(state, text.charCodeAt(at));
      const length = this.#longest[state] as number;
      if (length > 0) append(found, at + 1 - length, at + 1);
    }
    return found;
  }
}

/** Adds a stretch that ends last so far, joining those that it overlaps or touches. */
function append(found: Stretch[], start: number, end: number): void {
  let first = start;
  for (let last = found.at(-1); last !== undefined && last.end >= first; last = found.at(-1)) {
    first = Math.min(first, last.start);
    found.pop();
  }
  found.push({ start: first, end });
}
