/** Room around what is seen, so that no value lies on the edge. */
export function padded(low: number, high: number, logarithmic: boolean): [number, number] {
  if (logarithmic) {
    const [bottom, top] = padded(Math.log10(low), Math.log10(high), false);
    return [10 ** bottom, 10 ** top];
  }
  const air = high === low ? Math.abs(low) * 0.1 || 1 : (high - low) * 0.08;
  return [low - air, high + air];
}

/** Round values between two: powers of ten where a logarithm spans some of them, else steps of 1, 2 or 5. */
export function rounds(low: number, high: number, most: number, logarithmic: boolean): number[] {
  const found: number[] = [];
  if (logarithmic && high / low > 50) {
    const every = Math.ceil(Math.log10(high / low) / most);
    for (let power = Math.ceil(Math.log10(low)); 10 ** power <= high; power += every) found.push(10 ** power);
    return found;
  }
  const raw = (high - low) / Math.max(1, most);
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * ([1, 2, 5].find((factor) => factor * size >= raw) ?? 10);
  for (let count = Math.ceil(low / step); count * step <= high; count++) found.push(Number((count * step).toPrecision(12)));
  return found;
}
