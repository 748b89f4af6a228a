import { UserError } from "../frame/errors.ts";
import { parseBytes, parseDuration, parseNumber } from "../frame/numbers.ts";
import { isJson, jsonAt, jsonHas, jsonLength } from "./json-path.ts";
import type { Condition, Facts, Kind, Operand } from "./model.ts";

const operators = ["==", "!=", "<=", ">=", "<", ">"] as const;
const numeric = new Set(["STATUS", "RESPONSE_TIME", "CERTIFICATE_EXPIRATION", "VALUE", "USED_PERCENT", "FREE", "FREE_PERCENT"]);
const placeholders = new Set([...numeric, "BODY", "HEADER", "CONNECTED", "IP", "DNS_RCODE"]);
const longest = 1_000;

/** Reads one condition; a `UserError` says what is wrong with it. */
export function parseCondition(text: string): Condition {
  const refuse = (why: string): never => {
    throw new UserError(`the condition ${JSON.stringify(text.slice(0, 100))} ${why}. Example: [STATUS] == 200`);
  };
  if (text.length > longest) return refuse(`is longer than ${longest} characters`);
  const cut = operatorOf(text);
  if (cut === undefined) return refuse(`has no operator between spaces. Allowed: ${operators.join(", ")}`);
  const left = parseOperand(text.slice(0, cut.at).trim(), refuse);
  const right = parseOperand(text.slice(cut.at + cut.operator.length + 2).trim(), refuse);
  const sides = [left, right];
  if (!sides.some(({ placeholder }) => placeholder !== undefined)) return refuse("names nothing that is measured, such as [STATUS]");
  const ordered = cut.operator !== "==" && cut.operator !== "!=";
  if (ordered && sides.some(({ apply }) => apply === "pat" || apply === "any" || apply === "has"))
    return refuse("compares a pattern, a choice or a yes-or-no by size");
  for (const [one, other] of [sides, sides.toReversed()]) refuseType(one, other, ordered, refuse);
  return { text, left, operator: cut.operator, right };
}

function refuseType(one: Operand | undefined, other: Operand | undefined, ordered: boolean, refuse: (why: string) => never): void {
  if (one?.placeholder === undefined || other === undefined || other.placeholder !== undefined) return;
  if (other.apply === "pat") return;
  const byNumber = ordered || numeric.has(one.placeholder) || one.apply === "len";
  if (!byNumber || one.apply === "has") return;
  const wrong = other.literals.find((literal) => numberOf(literal) === undefined);
  if (wrong !== undefined) refuse(`compares a number with ${JSON.stringify(wrong)}, which is none`);
}

function operatorOf(text: string): { at: number; operator: (typeof operators)[number] } | undefined {
  let best: { at: number; operator: (typeof operators)[number] } | undefined;
  for (const operator of operators) {
    const at = text.indexOf(` ${operator} `);
    if (at >= 0 && (best === undefined || at < best.at)) best = { at, operator };
  }
  return best;
}

function parseOperand(text: string, refuse: (why: string) => never): Operand {
  const call = /^(len|has|pat|any)\(/.exec(text);
  if (call !== null && text.endsWith(")")) {
    const inner = text.slice(call[0].length, -1).trim();
    const apply = call[1] as "len" | "has" | "pat" | "any";
    if (apply === "pat") return { apply, path: [], literals: [inner] };
    if (apply === "any") return { apply, path: [], literals: inner.split(",").map((part) => unquoted(part.trim())) };
    const of = parseOperand(inner, refuse);
    if (of.placeholder === undefined || of.apply !== "value") return refuse(`uses ${apply}() without a placeholder such as [BODY]`);
    return { ...of, apply };
  }
  const named = /^\[([A-Z_]+)\]/.exec(text);
  if (named === null) return text === "" ? refuse("has an empty side") : { apply: "value", path: [], literals: [unquoted(text)] };
  const placeholder = named[1] ?? "";
  if (!placeholders.has(placeholder))
    return refuse(`uses [${placeholder}]. Allowed: ${[...placeholders].map((each) => `[${each}]`).join(", ")}`);
  const path = parsePath(text.slice(named[0].length));
  if (path === undefined) return refuse("has a path that cannot be read");
  if (path.length > 0 && placeholder !== "BODY" && placeholder !== "HEADER") return refuse(`gives a path into [${placeholder}]`);
  if (placeholder === "HEADER" && path.length === 0) return refuse("names no header. Example: [HEADER].content-type == text/html");
  return { apply: "value", placeholder, path, literals: [] };
}

function unquoted(text: string): string {
  const quoted = text.length >= 2 && (text.startsWith('"') || text.startsWith("'")) && text.endsWith(text[0] ?? "");
  return quoted ? text.slice(1, -1) : text;
}

/** `.data[0].name`: names and positions. */
function parsePath(text: string): (string | number)[] | undefined {
  const path: (string | number)[] = [];
  let at = 0;
  while (at < text.length) {
    const step = /\.([^.[\]]+)|\[(\d{1,9})\]/y;
    step.lastIndex = at;
    const match = step.exec(text);
    if (match === null) return undefined;
    path.push(match[1] ?? Number(match[2]));
    at += match[0].length;
  }
  return path;
}

/** A number, a duration (in milliseconds), or an amount of bytes. */
function numberOf(text: string): number | undefined {
  return parseNumber(text) ?? parseDuration(text) ?? (/[a-z]$/i.test(text) ? parseBytes(text) : undefined);
}

export interface Broken {
  readonly condition: Condition;
  readonly reason: string;
  /** What was there instead, as long as it is. */
  readonly actual: string;
}

/** The first condition that does not hold. `elapsed` in milliseconds is missing where no answer came. */
export function firstBroken(conditions: readonly Condition[], facts: Facts, elapsed: number | undefined, kind: Kind): Broken | undefined {
  for (const condition of conditions) {
    const left = resolved(condition.left, facts, elapsed);
    const right = resolved(condition.right, facts, elapsed);
    if (holds(condition, left, right)) continue;
    const named = condition.left.placeholder === undefined ? condition.right : condition.left;
    const actual = named === condition.left ? left : right;
    return { condition, reason: reasonOf(named, kind, facts), actual: actual ?? "nothing" };
  }
  return undefined;
}

/** Whether what is asked can be told even though nobody answered. */
export function speaksOfFailure(conditions: readonly Condition[]): boolean {
  return conditions.some(({ left, right }) =>
    [left, right].some(({ placeholder }) => placeholder === "CONNECTED" || placeholder === "DNS_RCODE"),
  );
}

export function needsBody(conditions: readonly Condition[]): boolean {
  return conditions.some(({ left, right }) => left.placeholder === "BODY" || right.placeholder === "BODY");
}

function reasonOf({ placeholder }: Operand, kind: Kind, facts: Facts): string {
  switch (placeholder) {
    case "STATUS":
      return kind === "command" ? "command.exit" : kind === "grpc" || kind === "grpcs" ? "grpc.status" : "http.status";
    case "RESPONSE_TIME":
      return "latency.assert";
    case "CERTIFICATE_EXPIRATION":
      return facts.certificate !== undefined && facts.certificate <= 0 ? "tls.expired" : "tls.expiring";
    case "VALUE":
      return kind === "prometheus" ? "prom.assert" : "disk.assert";
    case "USED_PERCENT":
    case "FREE":
    case "FREE_PERCENT":
      return "disk.assert";
    case "DNS_RCODE":
      return "dns.rcode";
    default:
      return `${(placeholder ?? "value").toLowerCase()}.assert`;
  }
}

function resolved(operand: Operand, facts: Facts, elapsed: number | undefined): string | undefined {
  if (operand.placeholder === undefined) return operand.literals[0];
  if (operand.placeholder === "BODY") return bodyValue(operand, facts);
  const value = plainValue(operand, facts, elapsed);
  if (operand.apply === "has") return String(value !== undefined);
  if (operand.apply === "len") return value === undefined ? undefined : String(codePoints(value));
  return value;
}

function plainValue({ placeholder, path }: Operand, facts: Facts, elapsed: number | undefined): string | undefined {
  const number = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
  switch (placeholder) {
    case "STATUS":
      return number(facts.status);
    case "RESPONSE_TIME":
      return number(elapsed === undefined ? undefined : Math.round(elapsed));
    case "CERTIFICATE_EXPIRATION":
      return number(facts.certificate);
    case "VALUE":
    case "USED_PERCENT":
      return number(facts.value);
    case "FREE_PERCENT":
      return facts.value === undefined ? undefined : String(100 - facts.value);
    case "FREE":
      return number(facts.free);
    case "CONNECTED":
      return String(facts.connected);
    case "IP":
      return facts.ip;
    case "DNS_RCODE":
      return facts.rcode;
    default:
      return headerOf(facts, path.join(".").toLowerCase());
  }
}

/** Only what was sent: objects have a `constructor` of their own. */
function headerOf({ headers }: Facts, name: string): string | undefined {
  return headers !== undefined && Object.hasOwn(headers, name) ? headers[name] : undefined;
}

function bodyValue({ apply, path }: Operand, { body }: Facts): string | undefined {
  if (path.length === 0 && apply === "value") return body;
  if (body === undefined) return apply === "has" ? "false" : undefined;
  // A text that is no JSON is itself all that there is.
  const whole = path.length === 0 && !isJson(body);
  if (apply === "has") return String(whole || jsonHas(body, path));
  if (apply === "value") return jsonAt(body, path);
  const length = whole ? body : jsonLength(body, path);
  return length === undefined ? undefined : String(typeof length === "string" ? codePoints(length) : length);
}

/** Counted, not spread into a list: a body can be long. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function holds({ operator, left, right }: Condition, a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (operator === "==" || operator === "!=") return equal(left, right, a, b) === (operator === "==");
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x === undefined || y === undefined) return false;
  if (operator === "<") return x < y;
  if (operator === "<=") return x <= y;
  return operator === ">" ? x > y : x >= y;
}

function equal(left: Operand, right: Operand, a: string, b: string): boolean {
  if (left.apply === "any") return left.literals.some((literal) => same(literal, b));
  if (right.apply === "any") return right.literals.some((literal) => same(a, literal));
  if (left.apply === "pat") return matches(left.literals[0] ?? "", b);
  if (right.apply === "pat") return matches(right.literals[0] ?? "", a);
  return same(a, b);
}

function same(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [parseNumber(a), parseNumber(b)];
  return x !== undefined && x === y;
}

/** `*` stands for any text; in time proportional to the text, for each piece between stars is looked for once. */
export function matches(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  if (pieces.length === 1) return text === pattern;
  const last = pieces.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
