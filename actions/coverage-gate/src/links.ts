import type { Event } from "../../../packages/frame/event.ts";
import type { LineRange } from "../../../packages/frame/ports.ts";
import type { Inline } from "../../../packages/report/model.ts";

/** Links to files and lines at the head commit; plain text where there is no server to link to. */
export class Links {
  readonly #base: string | undefined;

  constructor(event: Event, terminal: boolean) {
    const sha = event.pullRequest?.headSha ?? event.mergeGroup?.headSha ?? event.sha;
    const known = /^https?:\/\//.test(event.serverUrl) && event.repository !== "" && /^[0-9a-f]{40,64}$/.test(sha) && !terminal;
    this.#base = known ? `${event.serverUrl}/${event.repository}/blob/${sha}` : undefined;
  }

  file(path: string): Inline {
    const url = this.#url(path);
    return url === undefined ? { code: path } : { link: url, text: path, code: true };
  }

  /** `3, 7–9`, each linked, and how many more there are. */
  lines(path: string, ranges: readonly LineRange[], most: number): readonly Inline[] {
    const parts: Inline[] = [];
    for (const [first, last] of ranges.slice(0, most)) {
      if (parts.length > 0) parts.push(", ");
      const text = first === last ? String(first) : `${first}–${last}`;
      const url = this.#url(path);
      parts.push(url === undefined ? text : { link: `${url}#L${first}${first === last ? "" : `-L${last}`}`, text });
    }
    if (ranges.length > most) parts.push(` and ${ranges.length - most} more`);
    return parts;
  }

  #url(path: string): string | undefined {
    return this.#base === undefined ? undefined : `${this.#base}/${path.split("/").map(encode).join("/")}`;
  }
}

/** A lone surrogate cannot be part of an URL. */
function encode(segment: string): string {
  return encodeURIComponent(
    segment.replace(/[\ud800-\udfff]/g, (unit, at: number, text: string) => (isPaired(text, at) ? unit : "\ufffd")),
  );
}

function isPaired(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  const other = text.charCodeAt(code < 0xdc00 ? at + 1 : at - 1);
  return code < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other <= 0xdbff;
}
