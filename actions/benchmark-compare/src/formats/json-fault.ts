type Expected = "value" | "value or ]" | "key" | "key or }" | ":" | "more" | "nothing";

const closes: Readonly<Record<string, string>> = { "}": "{", "]": "[" };
const plain = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|-?NaN|-?Infinity)(?![\w.+-])/y;

/** The place behind the quotation mark that ends a text of JSON, or -1; line breaks do not stand in one. */
export function endOfText(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at + 1;
    if (character === "\n") return -1;
    if (character === "\\" && !/["\\/bfnrtu]/.test(text.charAt(++at))) return -1;
  }
  return -1;
}

/** Where a text stops being JSON: its end where it was cut off. `JSON.parse` tells the place of some errors only. */
export function placeOfFault(text: string): number {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = afterSpace(text, 0);
  while (at < text.length && expected !== "nothing") {
    const character = text.charAt(at);
    const end = endOfToken(text, at, character, expected);
    const opened = closes[character];
    if (end === -1 || (opened !== undefined && opened !== open.at(-1))) return at;
    if (character === "{" || character === "[") open.push(character);
    if (character === "}" || character === "]") open.pop();
    expected = following(expected, character, open.at(-1));
    at = afterSpace(text, end);
  }
  return at;
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text.charAt(at))) at += 1;
  return at;
}

/** The end of what may stand here; -1 where it may not. */
function endOfToken(text: string, at: number, character: string, expected: Expected): number {
  const allowed = (...expectations: readonly Expected[]): number => (expectations.includes(expected) ? at + 1 : -1);
  if (character === '"') return [":", "more"].includes(expected) ? -1 : endOfText(text, at + 1);
  if (character === "{" || character === "[") return allowed("value", "value or ]");
  if (character === "}") return allowed("key or }", "more");
  if (character === "]") return allowed("value or ]", "more");
  if (character === ":") return allowed(":");
  if (character === ",") return allowed("more");
  plain.lastIndex = at;
  return allowed("value", "value or ]") !== -1 && plain.test(text) ? plain.lastIndex : -1;
}

function following(before: Expected, character: string, within: "{" | "[" | undefined): Expected {
  if (character === "{") return "key or }";
  if (character === "[") return "value or ]";
  if (character === ":") return "value";
  if (character === ",") return within === "{" ? "key" : "value";
  if (character === '"' && (before === "key" || before === "key or }")) return ":";
  return within === undefined ? "nothing" : "more";
}
