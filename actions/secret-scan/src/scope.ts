import { UserError } from "../../../packages/frame/errors.ts";
import type { Event } from "../../../packages/frame/event.ts";
import { parseInteger } from "../../../packages/frame/numbers.ts";
import type { ScanPlan, Scope } from "./model.ts";

const changing = new Set(["push", "pull_request", "pull_request_target", "merge_group"]);

/** `auto`: the change where the event is one, else the history. */
export function scopeOf(given: Scope | "auto", event: Event): Scope {
  if (given !== "auto") return given;
  return changing.has(event.name) ? "diff" : "history";
}

/** `2/4`: the second of four. */
export function shardOf(given: string | undefined): ScanPlan["shard"] {
  if (given === undefined) return undefined;
  const [, first, second] = /^(\d{1,4})\/(\d{1,4})$/.exec(given.trim()) ?? [];
  const index = parseInteger(first ?? "");
  const of = parseInteger(second ?? "");
  if (index !== undefined && of !== undefined && index >= 1 && index <= of) return { index, of };
  throw new UserError(`shard: ${JSON.stringify(given.slice(0, 80))} is not one of n parts. Allowed: i/n with i from 1 to n. Example: 1/4`);
}
