/** Edit distance with transpositions (optimal string alignment), for "did you mean". */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let best = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** The choice that was probably meant; `undefined` when none is near. Long texts are not compared. */
export function nearest(given: string, choices: Iterable<string>): string | undefined {
  if (given.length > 100) return undefined;
  let best: { choice: string; distance: number } | undefined;
  for (const choice of choices) {
    const distance = editDistance(given.toLowerCase(), choice.toLowerCase());
    if (best === undefined || distance < best.distance) best = { choice, distance };
  }
  if (best === undefined) return undefined;
  return best.distance <= Math.max(2, Math.floor(best.choice.length / 3)) ? best.choice : undefined;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(given: string, choices: Iterable<string>): string {
  const choice = nearest(given, choices);
  return choice === undefined ? "" : ` Did you mean "${choice}"?`;
}
