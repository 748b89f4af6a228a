const portion = 16_384;

/** Numbers of 32 bits that become more and more, in portions, so that growing copies nothing. */
export class GrowingNumbers {
  readonly #portions: Int32Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(...values: readonly number[]): void {
    for (const value of values) {
      if (this.#length % portion === 0) this.#portions.push(new Int32Array(portion));
      this.#length++;
      this.set(this.#length - 1, value);
    }
  }

  at(index: number): number {
    return this.#portions[Math.floor(index / portion)]?.[index % portion] ?? 0;
  }

  set(index: number, value: number): void {
    const numbers = this.#portions[Math.floor(index / portion)];
    if (numbers !== undefined) numbers[index % portion] = value;
  }
}
