const integers = ["smallint", "integer", "bigint"];

const sameAs: Readonly<Record<string, string>> = {
  int2: "smallint",
  int: "integer",
  int4: "integer",
  int8: "bigint",
  serial: "integer",
  bigserial: "bigint",
  smallserial: "smallint",
  "timestamp without time zone": "timestamp",
  "timestamp with time zone": "timestamptz",
};

/** Whether every value and every comparison of the old type still works with the new one. Both as `typeOf` gives them. */
export function isWider(from: string, to: string): boolean {
  const [old, now] = [sameAs[from] ?? from, sameAs[to] ?? to];
  if (old === now) return true;
  const [small, large] = [integers.indexOf(old), integers.indexOf(now)];
  if (small >= 0 && large >= 0) return small < large;
  const texts = [lengthOf(old), lengthOf(now)] as const;
  if (texts[0] !== undefined && texts[1] !== undefined) return texts[0] <= texts[1];
  return isWiderNumeric(old, now);
}

/** Characters that a text type holds; `undefined` for other types. `char(n)` compares in a way of its own. */
function lengthOf(type: string): number | undefined {
  if (type === "text" || type === "varchar") return Number.POSITIVE_INFINITY;
  const found = /^varchar\((\d{1,9})\)$/.exec(type);
  return found === null ? undefined : Number(found[1]);
}

function isWiderNumeric(old: string, now: string): boolean {
  const before = /^(?:numeric|decimal)\((\d{1,4})(?:,(\d{1,4}))?\)$/.exec(old);
  if (before === null) return false;
  if (now === "numeric" || now === "decimal") return true;
  const after = /^(?:numeric|decimal)\((\d{1,4})(?:,(\d{1,4}))?\)$/.exec(now);
  if (after === null) return false;
  const [scale, newScale] = [Number(before[2] ?? 0), Number(after[2] ?? 0)];
  return newScale >= scale && Number(after[1]) - newScale >= Number(before[1]) - scale;
}
