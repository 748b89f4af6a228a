import type { Catalog } from "./catalog.ts";

import { Cursor, hasWord, hasWords } from "./cursor.ts";
import { riskyCall } from "./functions.ts";
import type { Token } from "./tokens.ts";
import { typeOf } from "./type-name.ts";

/** Types that are no domains, which could forbid NULL without saying so. */
const plainTypes =
  /^(?:int|integer|bigint|smallint|tinyint|mediumint|serial|bigserial|smallserial|int[248]|float[48]?|real|double precision|double|numeric|decimal|money|text|tinytext|mediumtext|longtext|citext|varchar|character|char|bpchar|name|bool|boolean|bit|bit varying|varbit|bytea|blob|longblob|date|time|timetz|timestamp|timestamptz|datetime|interval|uuid|json|jsonb|xml|hstore|inet|cidr|macaddr|tsvector|tsquery|point|line|box|polygon|circle|geometry|geography|vector|ltree|oid|int4range|int8range|numrange|tsrange|tstzrange|daterange|enum|set|year)(?:\(.*\))?(?: (?:with|without) time zone)?(?: unsigned)?(?:\[\d*\])*$/;

/** A column that counts by itself. */
export function isSelfFilling(tokens: readonly Token[]): boolean {
  return /^(?:small|big)?serial$/.test(typeOf(tokens)) || hasWords(tokens, "identity") || hasWord(tokens, "auto_increment");
}

export function hasDefault(tokens: readonly Token[]): boolean {
  return defaultOf(tokens) !== undefined;
}

function isKnownType(type: string, { types }: Catalog): boolean {
  return plainTypes.test(type) || types.has(type.replace(/^public\./, "").replace(/\[\d*\]$/, ""));
}

/** Why the old program's writes could fail with this new column; `undefined` where they cannot. `tokens` follow the column's name. */
export function newColumnTrouble(column: string, tokens: readonly Token[], catalog: Catalog): string | undefined {
  const type = typeOf(tokens);
  if (!isKnownType(type, catalog)) {
    return `the type ${type.slice(0, 60) || "of the new column"} is not known, and a domain could forbid NULL`;
  }
  if (hasWords(tokens, "after") || hasWords(tokens, "first"))
    return "the column is put before others, which shifts those that are not named";
  if (/serial$/.test(type)) return "its counter is a sequence of its own, on which the old program may have no rights";
  const filled = isSelfFilling(tokens);
  if (hasWords(tokens, "generated") && !filled) return generatedTrouble(tokens);
  const value = defaultOf(tokens);
  if (value !== undefined && !filled && defaultFails(type, value)) return "its default is computed or too long, so that it could fail";
  const required = hasWords(tokens, "not", "null") || hasWords(tokens, "primary", "key");
  if (required && !filled && value === undefined) return "it must not be null, and the old program does not know it";
  if (hasWords(tokens, "unique") || hasWords(tokens, "primary", "key")) {
    if (!filled && value !== undefined && !isFresh(value)) return "its default is the same for every row, and it must be unique";
  }
  if (hasWords(tokens, "references") && value !== undefined) return "its default must exist in another table";
  if (hasWords(tokens, "check")) return checkTrouble(column, tokens, value);
  return undefined;
}

/** The default's tokens; `undefined` for none and for NULL. */
function defaultOf(tokens: readonly Token[]): readonly Token[] | undefined {
  const at = tokens.findIndex(({ kind, value }) => kind === "word" && value === "default");
  if (at < 0) return undefined;
  const value = tokens.slice(at + 1);
  return value[0]?.kind === "word" && value[0].value === "null" ? undefined : value;
}

function defaultFails(type: string, value: readonly Token[]): boolean {
  const length = Number(/^(?:varchar|char|character)\((\d{1,9})\)$/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  const end = value.findIndex(({ kind, value: word }) => kind === "word" && ["check", "references", "constraint", "unique"].includes(word));
  return riskyCall(end < 0 ? value : value.slice(0, end)) !== undefined || (value[0]?.kind === "text" && value[0].value.length > length);
}

/** Defaults that give each row another value. */
function isFresh(value: readonly Token[]): boolean {
  return hasWord(value.slice(0, 3), "gen_random_uuid", "uuid_generate_v4", "uuidv7", "nextval");
}

/** A value made of others can fail to be made: a division by zero, a cast, a function. */
function generatedTrouble(tokens: readonly Token[]): string | undefined {
  if (hasWords(tokens, "not", "null")) return "it is computed and must not be null";
  const risky = tokens.some(({ kind, value }, index) => {
    if (kind === "sign") return value === "/" || value === "%" || value === ":";
    return (
      kind === "word" &&
      tokens[index + 1]?.value === "(" &&
      !["as", "lower", "upper", "coalesce", "trim"].includes(value) &&
      !/^(?:var)?char|numeric|decimal/.test(value)
    );
  });
  return risky ? "it is computed in a way that could fail for rows of the old program" : undefined;
}

const harmless = new Set(["in", "between", "and", "or", "not", "like", "is", "null"]);

/** With NULL a comparison is neither true nor false, and passes. With a default, the default has to be among the allowed values. */
export function checkTrouble(column: string, tokens: readonly Token[], value: readonly Token[] | undefined): string | undefined {
  const trouble = "its check could refuse the rows of the old program";
  const start = tokens.findIndex(({ kind, value: text }) => kind === "word" && text === "check");
  const cursor = new Cursor(tokens.slice(start + 1));
  const inside = cursor.group();
  if (inside === undefined || hasWord(inside, "null", "coalesce", "is")) return trouble;
  const foreign = inside.some(
    ({ kind, value: text }) => (kind === "word" && !harmless.has(text) && text !== column) || (kind === "name" && text !== column),
  );
  if (foreign) return trouble;
  if (value === undefined) return undefined;
  const allowed = hasWords(inside, column, "in") && !hasWord(inside, "not", "and", "or");
  const first = value[0];
  const among = allowed && first?.kind === "text" && inside.some(({ kind, value: text }) => kind === "text" && text === first.value);
  return among ? undefined : trouble;
}
