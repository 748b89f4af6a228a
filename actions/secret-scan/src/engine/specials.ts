import type { SpecialName } from "../model.ts";
import { base64Text } from "./base64.ts";
import { judgeAssignment } from "./judge-assignment.ts";
import type { Found, Piece, Special } from "./piece.ts";
import { isMonotonous, isReference, looksLikeExample } from "./placeholders.ts";
import { entropyOf, kindsOf } from "./statistics.ts";
import type { Latin1 } from "./text.ts";

/** The rest of the line behind `from`, at most `most` bytes. */
function lineBehind({ bytes, end }: Piece, from: number, most: number, latin1: Latin1): string {
  const limit = Math.min(end, from + most);
  let at = from;
  while (at < limit && bytes[at] !== 10 && bytes[at] !== 13) at++;
  return latin1(bytes, from, at);
}

function found(start: number, match: RegExpExecArray, secret: string): Found {
  const secretStart = start + match.index + match[0].lastIndexOf(secret);
  return { start, end: start + match.index + match[0].length, secretStart, secretEnd: secretStart + secret.length };
}

const weak = new Set([
  "password",
  "pass",
  "passwd",
  "pwd",
  "user",
  "username",
  "secret",
  "token",
  "pw",
  "root",
  "guest",
  "test",
  "postgres",
  "mysql",
  "x",
  "foo",
  "bar",
  "admin",
  "changeme",
  "example",
]);

function isPlainPassword(password: string): boolean {
  return (
    password.length >= 4 &&
    !password.includes("\\") &&
    !weak.has(password.toLowerCase()) &&
    !isReference(password) &&
    !looksLikeExample(password) &&
    !isMonotonous(password)
  );
}

const urlPassword: Special = (piece, _start, end, latin1) => {
  const at = piece.bytes.indexOf(64, end);
  if (at === -1 || at > end + 300 || piece.kind.kind === "lock") return undefined;
  const rest = lineBehind(piece, end, 320, latin1);
  const match = /^([^\s:/?#@"'`<>()[\]{}|\\^,;]{0,80}):([^\s/?#"'`<>\\^]{3,200}?)@([\w.-]{1,120}|\[[0-9a-f:]+\])/.exec(rest);
  const [, user = "", password = "", host = ""] = match ?? [];
  if (match === null || !isPlainPassword(password) || password.includes("@@")) return undefined;
  if (
    /example|localhost|127\.0\.0\.1|0\.0\.0\.0|\bhost(?:name)?\b|\.test$|\.invalid$|your|\bserver\b|\bip\b|domain/i.test(host) &&
    (entropyOf(password) < 3 || piece.kind.kind === "docs" || piece.kind.test)
  )
    return undefined;
  if (user.toLowerCase() === password.toLowerCase() || (piece.kind.kind === "docs" && entropyOf(password) < 3)) return undefined;
  if (
    (piece.kind.test || piece.kind.kind === "docs") &&
    (!/\d/.test(password) || entropyOf(password) < 2.8 || /^p[a@]ss|secret|%[0-9a-f]{2}/i.test(password))
  )
    return undefined;
  return found(end, match, password);
};

const privateKey: Special = ({ bytes, end: last, start: first }, start, end, latin1) => {
  const text = latin1(bytes, start, Math.min(last, start + 40_000));
  if (bytes[start] === 80 || bytes[start] === 112) {
    const putty = /^PuTTY-User-Key-File-[0-9][\s\S]{1,20000}?Private-Lines: [0-9]{1,4}\s{1,4}([\w+/=\s]{60,20000})/.exec(text);
    return putty?.[1] === undefined ? undefined : found(start, putty, putty[1].trimEnd());
  }
  const match = /^-----BEGIN[ A-Z0-9_]{0,40}?(?:PRIVATE KEY(?: BLOCK)?|SECRET KEY)-----([^-]{0,30000})(?:-----END)?/i.exec(text);
  const body = match?.[1] ?? "";
  // Code that speaks of keys has brackets where a key has letters.
  if (/[(){}<>;]/.test(body.slice(0, 300))) return undefined;
  const letters = body.replace(/\\[nrt]|Proc-Type[^\n]*|DEK-Info[^\n]*|(?:Version|Comment|Charset):[^\n]*|[^A-Za-z0-9+/=]/g, "");
  if (
    match === null ||
    letters.length < 60 ||
    entropyOf(letters) < 3.5 ||
    looksLikeExample(letters.slice(0, 200)) ||
    start < first ||
    end > last
  )
    return undefined;
  return { start, end: start + match[0].length, secretStart: start, secretEnd: start + match[0].length };
};

const htpasswd: Special = (piece, start, end, latin1) => {
  if (piece.kind.kind === "lock") return undefined;
  const rest = latin1(piece.bytes, start, Math.min(piece.end, start + 200));
  const match =
    /^\$apr1\$[\w./]{1,8}\$[\w./]{22}/.exec(rest) ??
    /^\$2[aby]\$\d\d\$[\w./]{53}/.exec(rest) ??
    /^\{SS?HA\}[\w+/]{27,60}={0,2}/i.exec(rest) ??
    /^\$[156]\$(?:rounds=\d{1,9}\$)?[\w./]{1,16}\$[\w./]{22,86}/.exec(rest) ??
    /^\$y\$[\w./]{1,8}\$[\w./]{1,86}\$[\w./]{43}/.exec(rest);
  if (match === null || end > piece.end || (piece.kind.kind === "docs" && piece.kind.test) || looksLikeExample(match[0])) return undefined;
  return found(start, match, match[0]);
};

/** `user:password` in base64, and not the one of the standard's examples. */
function isBasic(secret: string): boolean {
  const [, password] = /^[\x20-\x7e]*?:([\x20-\x7e]+)$/.exec(base64Text(secret)) ?? [];
  return password !== undefined && isPlainPassword(password) && !/^open ?sesame$|^p[a@]ss/i.test(password);
}

const header: Special = (piece, start, _end, latin1) => {
  const rest = lineBehind(piece, start, 600, latin1);
  const match =
    /^authorization['"]?\]?\s{0,3}[:=,]\s{0,3}[`'"]?(?:bearer|token|basic|apikey|api-key|bot)\s{1,3}([\w.~+/=-]{12,500})/i.exec(rest) ??
    /^x-api-key['"]?\s{0,3}[:=,]\s{0,3}[`'"]?([\w.~+/=-]{16,200})/i.exec(rest) ??
    /^bearer\s{1,3}([\w.~+/=-]{20,500})/i.exec(rest);
  const secret = match?.[1] ?? "";
  if (match === null || entropyOf(secret) < 3.3 || kindsOf(secret) < 2 || looksLikeExample(secret) || isReference(secret)) return undefined;
  const docs = piece.kind.kind === "docs" || piece.kind.test;
  if (/basic/i.test(match[0].slice(0, 40)) && !isBasic(secret)) return undefined;
  return docs && (entropyOf(secret) < 4.2 || secret.length < 30)
    ? undefined
    : /[A-Z]/.test(secret) || /\d/.test(secret)
      ? found(start, match, secret)
      : undefined;
};

const options: readonly RegExp[] = [
  /^curl\b[^\n]{0,400}?\s(?:-u|--user)[ =]{0,2}['"]?[^\s:'"$]{1,80}:([^\s'"]{4,100})/,
  /^sshpass\s{1,4}-p\s{0,3}['"]?([^\s'"]{4,100})/,
  /^mysql(?:dump|admin)?\b[^\n|;]{0,200}?\s-p['"]?([^\s'"-][^\s'"]{3,100})/,
  /^(?:mysql|psql|redis-cli|docker login|wget|curl)\b[^\n|;]{0,300}?\s--(?:password|pass|http-password)[ =]['"]?([^\s'"]{4,100})/,
  /^docker login\b[^\n|;]{0,200}?\s-p\s{0,3}['"]?([^\s'"]{4,100})/,
  /^redis-cli\b[^\n|;]{0,200}?\s-a\s{1,3}['"]?([^\s'"]{4,100})/,
  /^net use\b[^\n|;]{0,200}?\/user:[^\s]{1,80}\s{1,3}['"]?([^\s'"]{4,100})/i,
  /^--pass(?:word|wd|phrase)?[ =]['"]?([^\s'"-][^\s'"]{3,100})/,
  /^identified (?:with \w{1,40} )?by (?:password )?'([^'\s]{4,100})'/i,
  /^(?:with |encrypted )password '([^'\s]{4,100})'/i,
  /^convertto-securestring\s{1,4}(?:-string\s{1,4})?['"]([^'"\s]{4,100})['"]/i,
  /^<pass(?:word)?\s[^<>\n]{1,60}>([^<\s]{4,200})<\//i,
  /^password><value>([^<\s]{4,100})</i,
  /^htpasswd\s-[a-zA-Z]{0,4}b[a-zA-Z]{0,4}\s[^\n]{0,200}?\s([^\s'"]{4,100})$/,
];

const inConnectionString = /^(?:pwd|password)\s{0,2}=\s{0,2}([^;"'\s]{4,100})(?=[;"'])/i;
const connectionBefore =
  /(?:server|data source|host|user id|uid|username|user|database|initial catalog|dsn|endpoint)\s{0,2}=[^\n"']{1,150};\s?$/i;

function connectionPassword(piece: Piece, start: number, rest: string, latin1: Latin1): RegExpExecArray | null {
  const match = inConnectionString.exec(rest);
  return match !== null && connectionBefore.test(latin1(piece.bytes, Math.max(piece.start, start - 200), start)) ? match : null;
}

/** In a script a plain word is what it seems to be; elsewhere it is prose. */
function isShellWord({ kind }: Piece, secret: string): boolean {
  return kind.kind === "config" && /^[a-z]{6,16}$/.test(secret) && !/option|string|password|command/.test(secret);
}

const commandLine: Special = (piece, start, _end, latin1) => {
  if (piece.kind.kind === "lock") return undefined;
  const rest = lineBehind(piece, start, 800, latin1);
  const connection = connectionPassword(piece, start, rest, latin1);
  if (connection?.[1] !== undefined && isPlainPassword(connection[1]) && (piece.kind.kind !== "docs" || entropyOf(connection[1]) >= 3.3))
    return found(start, connection, connection[1]);
  for (const option of options) {
    const match = option.exec(rest);
    const secret = match?.[1] ?? "";
    if (
      match === null ||
      !isPlainPassword(secret) ||
      (!/\d|[A-Z].*[a-z]|[a-z].*[A-Z]|[!#%&*+]/.test(secret) && !isShellWord(piece, secret))
    )
      continue;
    if ((piece.kind.kind === "docs" || piece.kind.test) && entropyOf(secret) < 3.3) continue;
    return found(start, match, secret);
  }
  return undefined;
};

/** `host:port:database:user:password` and nothing else on the line; only where the file is called so. */
const pgpass: Special = (piece, start, _end, latin1) => {
  if (!/(?:^|[/._-])pgpass(?:\.conf)?$/i.test(piece.path)) return undefined;
  let first = start;
  while (first > piece.start && piece.bytes[first - 1] !== 10) first--;
  const match = /^[^#\s:]{1,120}:[\d*]{1,5}:[^:\s]{1,80}:[^:\s]{1,80}:(\S{3,120})$/.exec(lineBehind(piece, first, 500, latin1));
  return match?.[1] === undefined || isReference(match[1]) ? undefined : found(first, match, match[1]);
};

const netrc: Special = (piece, start, _end, latin1) => {
  const rest = latin1(piece.bytes, start, Math.min(piece.end, start + 400));
  const match = /^(?:machine\s{1,4}\S{1,120}|default)\s{1,8}login\s{1,4}\S{1,120}\s{1,8}password\s{1,4}(\S{3,120})/.exec(rest);
  const secret = match?.[1] ?? "";
  const shown = piece.kind.kind === "docs" || piece.kind.test;
  if (match === null || !isPlainPassword(secret) || (shown && (entropyOf(secret) < 3.3 || !/\d/.test(secret)))) return undefined;
  return secret === "string" ? undefined : found(start, match, secret);
};

export const specials: Readonly<Record<SpecialName, Special>> = {
  assignment: judgeAssignment,
  "url-password": urlPassword,
  "private-key": privateKey,
  htpasswd,
  header,
  "command-line": commandLine,
  pgpass,
  netrc,
};
