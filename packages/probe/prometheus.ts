/** What Prometheus answers: the one number in it, or why there is none. */

export type Reading = { readonly value: number } | { readonly reason: string; readonly evidence: string; readonly empty?: true };
export type Series = { readonly points: ReadonlyMap<number, number> } | Extract<Reading, { reason: string }>;

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function none(reason: string, evidence: string): Extract<Reading, { reason: string }> {
  return { reason, evidence };
}

/** The `result` of an answer; its `warnings` do not matter. */
function resultOf(status: number, text: string): { type: string; result: unknown } | Extract<Reading, { reason: string }> {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return none(status >= 200 && status < 300 ? "prom.shape" : "prom.error", `Prometheus answered ${status} without JSON`);
  }
  if (!isObject(answer)) return none("prom.shape", "Prometheus' answer is no object");
  if (answer.status === "error" || status < 200 || status >= 300) {
    const type = typeof answer.errorType === "string" ? answer.errorType.slice(0, 40) : "error";
    const message = typeof answer.error === "string" ? answer.error.slice(0, 200) : `status ${status}`;
    return none(type === "bad_data" ? "prom.query" : "prom.error", `Prometheus: ${type}: ${message}`);
  }
  if (answer.status !== "success" || !isObject(answer.data) || typeof answer.data.resultType !== "string")
    return none("prom.shape", "Prometheus' answer has no result");
  return { type: answer.data.resultType, result: answer.data.result };
}

/** The number of an instant query: a scalar, or a vector of one series. */
export function readInstant(status: number, text: string): Reading {
  const found = resultOf(status, text);
  if ("reason" in found) return found;
  const { type, result } = found;
  if (!Array.isArray(result)) return none("prom.shape", `a ${type.slice(0, 20)} without a list was answered`);
  if (type === "scalar") return numberIn(result);
  if (type !== "vector") return none("prom.shape", `a ${type.slice(0, 20)} was answered, and only one number can be judged`);
  if (result.length === 0) return { ...none("prom.empty", "the query found no series"), empty: true };
  if (result.length > 1) return none("prom.series", `the query found ${result.length} series, and only one can be judged`);
  const [only]: unknown[] = result;
  return isObject(only) && Array.isArray(only.value) ? numberIn(only.value) : none("prom.shape", "the series has no value");
}

function numberIn(pair: readonly unknown[]): Reading {
  const text = pair[1];
  if (pair.length !== 2 || typeof text !== "string") return none("prom.shape", "the value is no pair of a time and a text");
  if (text === "NaN") return none("prom.nan", "the value is NaN");
  if (/^[+-]?Inf$/.test(text)) return none("prom.inf", `the value is ${text}`);
  const value = text.trim() === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? { value } : none("prom.shape", "the value is no number");
}

/** `query / total`. No bad series while there is traffic is a share of nothing: 0. */
export function share(bad: Reading, total: Reading): Reading {
  if ("reason" in total)
    return { reason: total.reason === "prom.empty" ? "prom.no_total" : total.reason, evidence: `total: ${total.evidence}` };
  if (total.value <= 0) return none("prom.no_total", `the total is ${total.value}, so there is no share of it`);
  if ("reason" in bad) return bad.empty === true ? { value: 0 } : bad;
  return { value: bad.value / total.value };
}

/** The points of a range query of one series, by time in seconds. */
export function readRange(status: number, text: string): Series {
  const found = resultOf(status, text);
  if ("reason" in found) return found;
  const { type, result } = found;
  if (type !== "matrix" || !Array.isArray(result)) return none("prom.shape", `a ${type.slice(0, 20)} was answered to a range query`);
  if (result.length === 0) return { points: new Map() };
  if (result.length > 1) return none("prom.series", `the query found ${result.length} series, and only one can be judged`);
  const [only]: unknown[] = result;
  if (!isObject(only) || !Array.isArray(only.values)) return none("prom.shape", "the series has no values");
  const points = new Map<number, number>();
  for (const pair of only.values as unknown[]) {
    const time: unknown = Array.isArray(pair) ? pair[0] : undefined;
    const read = Array.isArray(pair) ? numberIn(pair) : undefined;
    if (typeof time === "number" && read !== undefined && "value" in read) points.set(Math.round(time), read.value);
  }
  return { points };
}

/** The values at `times` (seconds); with a total, the share of it. */
export function alignSeries(
  times: readonly number[],
  bad: ReadonlyMap<number, number>,
  total: ReadonlyMap<number, number> | undefined,
): (number | undefined)[] {
  return times.map((time) => {
    if (total === undefined) return bad.get(time);
    const whole = total.get(time);
    return whole === undefined || whole <= 0 ? undefined : (bad.get(time) ?? 0) / whole;
  });
}
