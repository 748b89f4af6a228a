const window = 21;
const lightest = 0.8;
const heaviest = 1.2;

/**
 * How much the last 21 samples (oldest first; true is failing) change, in percent of the most they could: each change counts, the newest 1.2, the oldest
 * 0.8. A short history is the newest end of a window that was still before.
 */
export function flappingPercent(history: readonly boolean[]): number {
  const last = history.slice(-window);
  const pairs = window - 1;
  const first = pairs - (last.length - 1);
  let changes = 0;
  for (let index = 1; index < last.length; index++) {
    if (last[index] === last[index - 1]) continue;
    changes += lightest + ((first + index - 1) * (heaviest - lightest)) / (pairs - 1);
  }
  return (changes / pairs) * 100;
}
