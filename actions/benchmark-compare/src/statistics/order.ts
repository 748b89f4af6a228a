export function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  return quantileOfSorted(ascending(values), 0.5);
}

/** Linear between the order statistics around `(n - 1) * share`. */
export function quantile(values: readonly number[], share: number): number {
  return quantileOfSorted(ascending(values), share);
}

function quantileOfSorted(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low === high ? low : low + (high - low) * (place - Math.floor(place));
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** With n - 1; 0 for fewer than two values. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1);
}

/** The median distance from the median, scaled to be a normal distribution's standard deviation. */
export function scaledDeviation(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826022185056018 * median(values.map((value) => Math.abs(value - centre)));
}

/** Ranks from 1 in the order given, equal values sharing their mean rank; `ties` is the sum of t³ - t over groups of equal values. */
export function ranked(values: readonly number[]): { readonly ranks: number[]; readonly ties: number } {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  let ties = 0;
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && order[end]?.value === order[first]?.value) end += 1;
    for (const { index } of order.slice(first, end)) ranks[index] = (first + 1 + end) / 2;
    const size = end - first;
    ties += size ** 3 - size;
    first = end;
  }
  return { ranks, ties };
}
