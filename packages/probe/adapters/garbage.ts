import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of buffers that may lie about; V8 itself lets over 64 MB of them gather before it looks. */
const mostLying = 1024 * 1024;
/** What an object around a buffer weighs, so that many tiny pieces count too. */
const weightOfPiece = 64;

type Collect = (options: { readonly type: "minor" | "major" }) => void;

let collect: Collect | undefined;
let lying = 0;

/** Says that a buffer of so many bytes has been used up: once enough of them lie about, they are freed, so that no stream fills the memory with what is over. */
export function usedUp(bytes: number): void {
  lying += bytes + weightOfPiece;
  if (lying < mostLying) return;
  lying = 0;
  collector()({ type: "minor" });
}

/** Frees long texts too, which a look at what is young does not find. */
export function freeOldTexts(): void {
  lying = 0;
  // What a pattern matched last, V8 keeps for `RegExp.lastMatch`: the whole text of the body before this one.
  /(?:)/.test("");
  collector()({ type: "major" });
}

/** Loaded only where much has come, so that an ordinary run pays nothing for it. */
function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("globalThis.gc");
    collect = typeof found === "function" ? (found as Collect) : () => {};
  }
  return collect;
}
