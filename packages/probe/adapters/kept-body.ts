import { freeOldTexts, usedUp } from "./garbage.ts";

/** Bytes of a body, unpacked, beyond which it is not read. */
export const bodyCap = 10 * 1024 * 1024;
/** Bytes that each body may keep; only one at a time may keep more, so that many large ones do not fill the memory. */
const keptByEach = 64 * 1024;
/** Texts from this length on are freed before the next one is made. */
const longText = 512 * 1024;

/** Whoever comes first goes on; the others wait. */
export class Turn {
  #taken = false;
  readonly #waiting: (() => void)[] = [];
  async take(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken = false;
    else next();
  }
}

const turn = new Turn();
/** The bytes of the one large body; its pages are real only as far as a body has filled them. */
const nothing = Buffer.alloc(0);
let large: Buffer | undefined;

/** What bytes come from. */
export interface Flow {
  pause(): unknown;
  resume(): unknown;
}

/** The bytes of a body as they come: few of each body, and all of one at a time. */
export class KeptBody {
  #bytes: Buffer = nothing;
  #size = 0;
  #waiting: Buffer | undefined;
  #turn: Promise<void> | undefined;
  #mine = false;
  #gone = false;

  /** Whether it stands still because another large body is being read. */
  get waits(): boolean {
    return this.#turn !== undefined && !this.#mine;
  }

  take(part: Buffer, flow: Flow): void {
    if (this.#mine || this.#size + part.length <= keptByEach) {
      this.#append(part);
      return;
    }
    // A stream at rest may still have said one more piece.
    this.#waiting = Buffer.concat([this.#waiting ?? nothing, part]);
    flow.pause();
    this.#turn ??= turn.take().then(() => this.#begin(flow));
  }

  #begin(flow: Flow): void {
    this.#mine = true;
    if (this.#gone) {
      this.drop();
      return;
    }
    large ??= Buffer.allocUnsafeSlow(bodyCap);
    this.#bytes.copy(large, 0, 0, this.#size);
    usedUp(this.#bytes.length);
    this.#bytes = large;
    if (this.#waiting !== undefined) this.#append(this.#waiting);
    this.#waiting = undefined;
    flow.resume();
  }

  #append(part: Buffer): void {
    const wanted = this.#size + part.length;
    if (wanted > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(wanted, Math.min(keptByEach, 4 * this.#bytes.length)));
      this.#bytes.copy(wider, 0, 0, this.#size);
      usedUp(this.#bytes.length);
      this.#bytes = wider;
    }
    part.copy(this.#bytes, this.#size);
    this.#size = wanted;
  }

  text(): string {
    if (this.#size >= longText) freeOldTexts();
    return new TextDecoder().decode(this.#bytes.subarray(0, this.#size));
  }

  drop(): void {
    this.#gone = true;
    this.#waiting = undefined;
    if (this.#bytes !== large) usedUp(this.#bytes.length);
    this.#bytes = nothing;
    if (!this.#mine) return;
    this.#mine = false;
    if (this.#size >= longText) freeOldTexts();
    turn.pass();
  }
}
