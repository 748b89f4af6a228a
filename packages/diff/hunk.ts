const space = 32;
const plus = 43;
const comma = 44;
const minus = 45;
const at = 64;
const largestLine = 2 ** 31;

/** The four numbers of `@@ -1,2 +3,4 @@`; a count that is left out is 1. Bytes, because a large diff has millions of these. */
export function readHunkHeader(bytes: Uint8Array): readonly [number, number, number, number] | undefined {
  let position = 2;
  const sides: number[] = [];
  for (const sign of [minus, plus]) {
    if (bytes[position] !== space || bytes[position + 1] !== sign) return undefined;
    const start = readNumber(bytes, position + 2);
    const counted = start !== undefined && bytes[start.next] === comma;
    const count = counted ? readNumber(bytes, start.next + 1) : start && { value: 1, next: start.next };
    if (start === undefined || count === undefined) return undefined;
    sides.push(start.value, count.value);
    position = count.next;
  }
  if (bytes[position] !== space || bytes[position + 1] !== at || bytes[position + 2] !== at) return undefined;
  const [oldStart = 0, oldCount = 0, newStart = 0, newCount = 0] = sides;
  return [oldStart, oldCount, newStart, newCount];
}

function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } | undefined {
  let value = 0;
  let next = from;
  for (;;) {
    const digit = (bytes[next] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
    if (value > largestLine) return undefined;
    next += 1;
  }
  return next === from ? undefined : { value, next };
}
