/** Bits a character of a text's own distribution. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length);
  return bits;
}

export function distinctOf(text: string): number {
  return new Set(text).size;
}

/** How many kinds of characters there are: lower case, upper case, digits, others. */
export function kindsOf(text: string): number {
  return Number(/[a-z]/.test(text)) + Number(/[A-Z]/.test(text)) + Number(/\d/.test(text)) + Number(/[^A-Za-z0-9]/.test(text));
}

/** Steps from one kind of character to another, a share of all steps: high for what nobody thought up. */
export function changesOf(text: string): number {
  let changes = 0;
  for (let index = 1; index < text.length; index++) if (kindAt(text, index) !== kindAt(text, index - 1)) changes++;
  return text.length < 2 ? 0 : changes / (text.length - 1);
}

function kindAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (code >= 97 && code <= 122) return 0;
  if (code >= 65 && code <= 90) return 1;
  return code >= 48 && code <= 57 ? 2 : 3;
}
