import { isUserError, UserError } from "../../../packages/frame/errors.ts";
import { compileGlob } from "../../../packages/frame/glob.ts";
import type { Decimal, YamlInput } from "../../../packages/frame/manifest.ts";
import { didYouMean } from "../../../packages/frame/nearest.ts";
import { parseBytes, parseDecimal } from "../../../packages/frame/numbers.ts";
import { type Algorithm, algorithms } from "./model.ts";

export const scopes = ["file", "group", "total", "initial"] as const;
export type Scope = (typeof scopes)[number];

/** Limits on files, on their sum, or on what a first visit loads. Sizes in bytes. */
export interface Budget {
  readonly name: string;
  /** Every measured file where nothing is given. */
  readonly files: readonly string[] | undefined;
  readonly scope: Scope;
  readonly compression: Algorithm;
  readonly max?: number;
  readonly maxIncrease?: number;
  readonly maxIncreasePercent?: Decimal;
  readonly maxNewFile?: number;
  /** An increase up to this is none. */
  readonly noise: number;
  /** A broken limit warns. */
  readonly soft: boolean;
  /** Where it stands, for messages. */
  readonly where: string;
  /** Files that an earlier budget has matched are not this one's, as BundleMon has it. */
  readonly first?: string;
}

const limits = ["max", "max-increase", "max-increase-percent", "max-new-file"] as const;
const keys = ["name", "files", "scope", "compression", ...limits, "noise", "soft"] as const;

/** Throws one `UserError` with every mistake of the list. */
export function readBudgets(input: YamlInput): Budget[] {
  if (!Array.isArray(input.value)) {
    throw new UserError(
      `${placed(input.where([]))}: a list of budgets is expected. Example: - files: dist/*.js\n  max: 170 kB`.replace("\n ", ","),
    );
  }
  const problems: string[] = [];
  const budgets = input.value.flatMap((value: unknown, index) => {
    const budget = new BudgetReader(input, index, problems).read(value);
    return budget === undefined ? [] : [budget];
  });
  const seen = new Map<string, string>();
  for (const { name, where } of budgets) {
    const before = seen.get(name);
    if (before !== undefined) problems.push(`${placed(where)}: two budgets are named "${name}", the other one at ${before}.`);
    seen.set(name, where);
  }
  if (problems.length > 0) throw new UserError(problems.join(" "), { problems });
  if (budgets.length === 0) throw new UserError(`${placed(input.where([]))}: the list of budgets is empty.`);
  return budgets;
}

function placed(where: string): string {
  return where.startsWith("budgets") ? where : `${where}: budgets`;
}

class BudgetReader {
  readonly #input: YamlInput;
  readonly #index: number;
  readonly #problems: string[];
  #given = new Map<string, unknown>();

  constructor(input: YamlInput, index: number, problems: string[]) {
    this.#input = input;
    this.#index = index;
    this.#problems = problems;
  }

  read(value: unknown): Budget | undefined {
    const before = this.#problems.length;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#problem("a budget is a mapping with at least one limit");
      return undefined;
    }
    this.#given = new Map(Object.entries(value));
    for (const key of this.#given.keys()) if (!(keys as readonly string[]).includes(key)) this.#unknownKey(key);
    const files = this.#files();
    const scope = this.#option("scope", scopes) ?? "file";
    const compression = this.#option("compression", algorithms) ?? "gzip";
    const budget = { files, scope, compression, ...this.#limits(), noise: this.#bytes("noise") ?? 0, soft: this.#flag("soft") };
    const name = this.#name() ?? files?.join(", ") ?? scope;
    if (!limits.some((key) => this.#given.has(key))) this.#problem(`a budget needs at least one of ${limits.join(", ")}`);
    if (this.#problems.length > before) return undefined;
    return { name, ...budget, where: this.#input.where([this.#index]) };
  }

  #limits(): Pick<Budget, "max" | "maxIncrease" | "maxIncreasePercent" | "maxNewFile"> {
    const max = this.#bytes("max");
    const maxIncrease = this.#bytes("max-increase");
    const maxIncreasePercent = this.#percent("max-increase-percent");
    const maxNewFile = this.#bytes("max-new-file");
    return {
      ...(max === undefined ? {} : { max }),
      ...(maxIncrease === undefined ? {} : { maxIncrease }),
      ...(maxIncreasePercent === undefined ? {} : { maxIncreasePercent }),
      ...(maxNewFile === undefined ? {} : { maxNewFile }),
    };
  }

  #name(): string | undefined {
    const value = this.#given.get("name");
    if (!this.#given.has("name")) return undefined;
    const fits = typeof value === "string" && value.trim() !== "" && value.length <= 200 && !/[\p{Cc}\u2028\u2029]/u.test(value.trim());
    if (fits || typeof value === "number") return String(value).trim();
    this.#bad("name", value, "a line of at most 200 characters", "app");
    return undefined;
  }

  #files(): readonly string[] | undefined {
    const value = this.#given.get("files");
    if (!this.#given.has("files")) return undefined;
    const list = Array.isArray(value) ? value : [value];
    const globs = list.filter((item): item is string => typeof item === "string" && item.trim() !== "");
    if (globs.length !== list.length || globs.length === 0) {
      this.#bad("files", value, "a glob or a list of globs", "dist/*.js");
      return undefined;
    }
    try {
      for (const glob of globs) compileGlob(glob.replace(/^!/, ""));
      if (globs.every((glob) => glob.startsWith("!")))
        this.#problem("`files` only takes out, so it matches nothing: add a glob without `!`");
      return globs.map((glob) => glob.trim());
    } catch (error) {
      if (!isUserError(error)) throw error;
      this.#problem(`files: ${error.message.replace(/\.$/, "")}`);
      return undefined;
    }
  }

  #option<T extends string>(key: string, options: readonly T[]): T | undefined {
    const value = this.#given.get(key);
    if (!this.#given.has(key)) return undefined;
    const found = options.find((option) => option === value);
    if (found === undefined) this.#bad(key, value, `one of ${options.join(", ")}`, options[0] ?? "", didYouMean(String(value), options));
    return found;
  }

  #bytes(key: string): number | undefined {
    const value = this.#given.get(key);
    if (!this.#given.has(key)) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
    const bytes = typeof value === "string" ? parseBytes(value.trim()) : undefined;
    if (bytes === undefined)
      this.#bad(key, value, "a number of bytes, with or without a unit (B, kB = 1000, KiB = 1024, MB, MiB)", "170 kB");
    return bytes;
  }

  #percent(key: string): Decimal | undefined {
    const value = this.#given.get(key);
    if (!this.#given.has(key)) return undefined;
    const decimal = typeof value === "number" || typeof value === "string" ? parseDecimal(String(value)) : undefined;
    if (decimal !== undefined && decimal.units >= 0n) return decimal;
    this.#bad(key, value, "a percentage, 0 or more", "5");
    return undefined;
  }

  #flag(key: string): boolean {
    const value = this.#given.get(key);
    if (this.#given.has(key) && typeof value !== "boolean") this.#bad(key, value, "true or false", "true");
    return value === true;
  }

  #unknownKey(key: string): void {
    const hint = didYouMean(key, keys);
    this.#problems.push(
      `${placed(this.#input.whereKey([this.#index, key]))}: unknown key "${key.slice(0, 80)}".${hint} Allowed: ${keys.join(", ")}.`,
    );
  }

  #bad(key: string, value: unknown, allowed: string, example: string, hint = ""): void {
    const shown = typeof value === "object" && value !== null ? "a list or mapping" : JSON.stringify(String(value).slice(0, 80));
    this.#problems.push(
      `${placed(this.#input.where([this.#index, key]))}: ${key} is ${shown}. Allowed: ${allowed}.${hint} Example: ${example}.`,
    );
  }

  #problem(text: string): void {
    this.#problems.push(`${placed(this.#input.where([this.#index]))}: ${text}.`);
  }
}
