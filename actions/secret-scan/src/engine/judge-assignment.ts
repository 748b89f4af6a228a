import { type Assignment, readAssignment } from "./assignment.ts";
import { surpriseOf } from "./likelihood.ts";
import type { Found, Piece } from "./piece.ts";
import { isMonotonous, isReference, looksLikeExample } from "./placeholders.ts";
import { changesOf, distinctOf, entropyOf, kindsOf } from "./statistics.ts";
import type { Latin1 } from "./text.ts";

/** What the last word of a name promises of its value. */
type Promise = "password" | "secret" | "none";

const passwordNames =
  /(?:pass(?:word|wd|wort|phrase|code)?|pwd|passw|kennwort|contrasena|senha|motdepasse|mdp|(?:^|[_.-]|wpa|wifi)psk|(?:^|[_.-]|bind|login|db|root|admin|user|http|ftp|smtp|mail|sql)pw)s?(?:\d{0,3}|[_.-]?(?:raw|plain|value|default|text|str|prod|production|dev|staging|root|admin|live|main|db|hash))$/i;
const secretNames =
  /(?:secrets?|tokens?|api[_.-]?keys?|access[_.-]?keys?|(?:private|encryption|signing|master|secret|auth|license|service|account|shared|session|storage|client|app|application|consumer|webhook|deploy|crypt|cipher|aes|hmac|jwt|cookie|admin|user)[_.-]?keys?|credentials?|auth|bearer|salt|[a-z0-9]_key|key_?(?:secret|value)|authorization|auth[_.-]?(?:code|string|data|header))(?:\d{0,3}|[_.-]?(?:value|prod|production|dev|staging|live|base|default|main|hash|v\d|id|base64|b64|text|str))$/i;
/** Names that hold a telling word and mean something else. */
const innocentNames =
  /(?:^|[_.-])(?:pass(?:ed|es|ing|ive|enger|port|age|through|ion)|by ?pass|compass|max|min|num|count|total|is|has|no|use|show|hide|enable|require|reset|forgot|change|confirm|invalid|valid|missing|wrong|old|new)$|bypass$|compass$|(?:file|path|dir|url|uri|name|field|type|length|size|min|max|limit|count|expir\w*|ttl|policy|format|prefix|suffix|pattern|regex|label|title|hint|text|error|message|placeholder|input|param|header|class|icon|button|strength|hasher|encoder|validator|provider|manager|store|endpoint|scope|age|usage|index|budget|public[_-]?key|primary[_-]?key|foreign[_-]?key|sort[_-]?key|cache[_-]?key|partition[_-]?key|translation[_-]?key|object[_-]?key|row[_-]?key|hash[_-]?key|public[_-]?token|csrf\w*|xsrf\w*|next\w*token|page\w*token|continuation\w*|sync[_-]?token|cancel\w*token|pagination\w*|next[_-]?key|start[_-]?key|marker|checksum|integrity|digest|etag|nonce|fingerprint|thumbprint|md5|sha\d*|uuid|guid|version|author|authority|authors|oauth|arn|ref|kind|method|mode|required|enabled|disabled|status|state)$/i;

const plainWords = new Set(
  "password passwd pass pwd secret token key apikey none null nil undefined true false yes no on off empty default string str text number int integer bool boolean object array any void char varchar value values required optional enabled disabled auto automatic manual prompt ask input hidden masked encrypted unset unknown basic bearer digest oauth oauth2 jwt login logout signin signup register forgot reset change confirm invalid valid missing public private local remote test tests testing foo bar baz qux hello world user username name admin root guest anonymous system service client server host localhost database postgres postgresql mysql mariadb mongodb redis sqlite oracle example sample demo dummy placeholder changeme change_me secret_key secretkey your_password yourpassword mypassword my_password".split(
    " ",
  ),
);

/** Decides whether the value that is assigned to a telling name is a secret. */
export function judgeAssignment(piece: Piece, start: number, end: number, latin1: Latin1): Found | undefined {
  if (piece.kind.kind === "lock") return undefined;
  const assignment = readAssignment(piece.bytes, start, end, piece.start, piece.end);
  if (assignment === undefined || assignment.valueEnd - assignment.valueStart < 4 || isPartOfText(piece, assignment)) return undefined;
  const value = latin1(piece.bytes, assignment.valueStart, assignment.valueEnd);
  if (!isPossible(value, assignment)) return undefined;
  const name = nameOf(piece, assignment, latin1);
  const promise = promiseOf(name);
  // Prose: pass `code` to it.
  if (assignment.quote === 96 && assignment.operator === 32) return undefined;
  // `PASS: parses numbers` is the result of a test.
  if (assignment.quote === 0 && name === "PASS" && assignment.operator === 58) return undefined;
  if (piece.kind.test && /^[0-9a-f]+$/i.test(value) && !/token|api|(?<!shared_?)secret|access|auth|pass/i.test(name)) return undefined;
  if (isLookedUp(piece, assignment)) return undefined;
  if (promise === "none" || value.toLowerCase().includes(name.toLowerCase())) return undefined;
  const trimmed = trimBare(value, assignment);
  if (trimmed.length < 4 || !(promise === "password" ? isPassword(trimmed, assignment, piece) : isSecret(trimmed, assignment, piece)))
    return undefined;
  const secretStart = assignment.valueStart + value.indexOf(trimmed);
  return { start: assignment.nameStart, end: assignment.valueEnd, secretStart, secretEnd: secretStart + trimmed.length };
}

/** `"Reset your token", "…"`: of two texts in a row the first is a name only if nothing else is in it. */
function isPartOfText({ bytes, start }: Piece, { nameStart, operator }: Assignment): boolean {
  if (operator !== 44) return false;
  const before = nameStart > start ? bytes[nameStart - 1] : undefined;
  return before !== 34 && before !== 39 && before !== 96;
}

/** `"$PASSWORD" = …`: a shell compares what the variable holds. */
function isLookedUp({ bytes, start }: Piece, { nameStart }: Assignment): boolean {
  return nameStart - 2 >= start && bytes[nameStart - 1] === 36 && (bytes[nameStart - 2] === 34 || bytes[nameStart - 2] === 39);
}

/** What cannot be a secret, whatever the name; the cheap questions first. */
function isPossible(value: string, { quote }: Assignment): boolean {
  if (quote !== 0 && /\s/.test(value) && !/^\S+(?: \S+){0,2}$/.test(value)) return false;
  // The last two begin what only a regular expression has.
  if (/[^\x20-\x7e\x80-\xff]|\\[ux]|\[\^|\]\{\d/.test(value)) return false;
  return !/^[\s.,;:!?(){}[\]<>=|&*+#/\\_-]+$/.test(value);
}

function nameOf(piece: Piece, { nameStart, nameEnd, quote, operator }: Assignment, latin1: Latin1): string {
  const name = latin1(piece.bytes, nameStart, nameEnd);
  return quote === 62 || operator === 58 || operator === 61 ? name.replace(/^[.-]+|[.-]+$/g, "") : name;
}

function promiseOf(name: string): Promise {
  if (innocentNames.test(name)) return "none";
  if (passwordNames.test(name)) return "password";
  return secretNames.test(name) ? "secret" : "none";
}

/** Without quotes a value may carry the punctuation of what surrounds it. */
function trimBare(value: string, { quote }: Assignment): string {
  return quote === 0 ? value.replace(/[,;]+$/, "").replace(/(?:<\/\w+>|[)\]}]+)$/, "") : value.trim();
}

function isCodeExpression(value: string): boolean {
  return /[()[\]{}<>]|=>|&&|\|\||^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$|^[A-Z][A-Z0-9_]+$|^!|;$/.test(value);
}

/** Whether values stand without quotes in such a file. */
function bareCounts({ kind: { kind }, path }: Piece, { operator }: Assignment): boolean {
  if (operator === 32)
    return /(?:^|\/)(?:[._]?netrc|redis[^/]*\.conf|(?:docker|container)file[^/]*|[^/]*\.(?:conf|cfg|cnf|s3cfg|ovpn|fetchmailrc|msmtprc)|\.(?:fetchmailrc|msmtprc|esmtprc))$/i.test(
      path,
    );
  return kind === "config" || (kind === "other" && !/\.[a-z]{1,4}$/i.test(path)) || /\.(?:log|txt|csv|tsv|out)$/i.test(path);
}

function isNoPassword(value: string): boolean {
  return isReference(value) || isMonotonous(value) || plainWords.has(value.toLowerCase()) || phrase.test(value) || word.test(value);
}

/** A version; a word that says what it stands for, as in translations; a word with accents (two bytes each). */
const word =
  /^(?:[\^~]|[<>]?=|v)?\d+(?:\.[\dx*]+){1,4}(?:-[a-z]+(?:\.\d+)?)?$|^hunter2$|^(?:pass|secret|token|geheim|kennw|zugang|contras|clave|senha|parol|wachtw)[a-z\x80-\xff]*[:?!.]*$|^[a-z]*(?:[\xc3-\xc5][\x80-\xbf][a-z]*)+$/i;

/** `Forgot password?`: words of a language with what ends a sentence. */
const phrase = /^[A-Za-z']+(?: [A-Za-z']+)+[?!.:]*$/;

function isPassword(value: string, assignment: Assignment, piece: Piece): boolean {
  if (value.length > 120 || isNoPassword(value)) return false;
  const { kind, test, settings } = piece.kind;
  if (assignment.quote === 0 && (!bareCounts(piece, assignment) || isCodeExpression(value))) return false;
  if (settings && !looksLikeExample(value)) return isConfigured(value);
  // Sentences stand in code and in translations.
  if (/\s/.test(value)) return value.length >= 12 && kindsOf(value) >= 3 && /\d/.test(value) && isStrong(value);
  if (assignment.operator === 40 || assignment.operator === 44) return isStrong(value);
  if (kind === "docs") return isStrong(value) && entropyOf(value) >= 3.5 && value.length >= 14;
  if (test) return isStrong(value) && value.length >= 8 && entropyOf(value) >= 2.9;
  if (looksLikeExample(value) && !isStrong(value.replace(/example|sample|test|dummy/gi, ""))) return false;
  if (kind !== "config")
    return isStrong(value) || (value.length >= 6 && kindsOf(value) >= 2 && /\d/.test(value) && !/^[a-z]+[-_.][a-z-_.]+$/i.test(value));
  return isConfigured(value);
}

/** In a configuration file also what people think up: a word with digits or signs, or a word that is no word. */
function isConfigured(value: string): boolean {
  if (/^\d+$/.test(value)) return value.length >= 4 && value.length <= 16 && distinctOf(value) >= 3;
  if (/^[a-z]+(?:[-_. ][a-z]+)*$/i.test(value))
    return (/^[a-z]{6,}$/i.test(value) && value.length <= 24 && (surpriseOf(value) >= 3.2 || value.length >= 8)) || isMixed(value);
  return value.length >= 5;
}

/** Nobody's word: several kinds of characters in turn, or letters that do not follow one another in words. */
function isStrong(value: string): boolean {
  const kinds = kindsOf(value);
  if (value.length < 8 || distinctOf(value) < 5 || looksLikeExample(value)) return false;
  if (kinds >= 3 && /\d|[^\w.\s/-]/.test(value)) return entropyOf(value) >= 2.7;
  if (isMixed(value)) return true;
  return kinds >= 2 && /\d/.test(value) && (changesOf(value) >= 0.25 || surpriseOf(value) >= 5) && entropyOf(value) >= 2.8;
}

/** Capitals, small letters and a sign in turn, in an order that no words have. */
function isMixed(value: string): boolean {
  return value.length >= 10 && kindsOf(value) >= 3 && changesOf(value) >= 0.3 && surpriseOf(value) >= 5.5 && !/\s/.test(value);
}

function isSecret(value: string, assignment: Assignment, piece: Piece): boolean {
  if (
    value.length < 8 ||
    value.length > 300 ||
    /\s/.test(value) ||
    isReference(value) ||
    looksLikeExample(value) ||
    plainWords.has(value.toLowerCase())
  )
    return false;
  const { kind, test } = piece.kind;
  if (assignment.quote === 0 && (!bareCounts(piece, assignment) || isCodeExpression(value))) return false;
  if (assignment.quote !== 0 && /[()[\]{}<>;,|\\]|^[./#]|:\/\/|^\w+:\w+$/.test(value)) return false;
  if (/^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.test(value)) return kind === "config" && !test;
  if (/^[a-z]+(?:[A-Z][a-z]+)*\d{0,2}$|^[A-Za-z]+(?:[-_./:@ ][A-Za-z]+)*\d{0,4}$|^[\w.-]+@[\w.-]+$|^[\d.,:-]+$/.test(value))
    return isGibberish(value);
  const strict = kind === "docs" || test || assignment.operator === 40 || assignment.operator === 44;
  return isRandom(value, strict, kind === "config");
}

/** Letters alone: a word or a name of words is none; what has no syllables is. */
function isGibberish(value: string): boolean {
  return value.length >= 20 && /^[A-Za-z0-9]+$/.test(value) && surpriseOf(value) >= 5.5 && changesOf(value) >= 0.3;
}

function isRandom(value: string, strict: boolean, config: boolean): boolean {
  const entropy = entropyOf(value);
  if (/^[0-9a-f]+$/i.test(value)) return value.length >= (strict ? 32 : 16) && entropy >= 3;
  if (value.length < (strict ? 20 : config ? 8 : 12)) return false;
  const surprise = surpriseOf(value);
  const words = /^[A-Za-z]{2,}[\d]{0,4}(?:[-_./:][A-Za-z]{2,}\d{0,4})+$/.test(value);
  if (surprise < 5.5 && (words || (!/\d/.test(value) && kindsOf(value) < 3))) return false;
  return entropy >= neededBits(value.length) + (strict ? 0.3 : 0) && (changesOf(value) >= 0.2 || surprise >= 5.5);
}

function neededBits(length: number): number {
  if (length >= 20) return 3.5;
  return length >= 12 ? 3 : 2.6;
}
