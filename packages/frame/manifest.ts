/** What an action declares in its `action.yml`, as the literal that `npm run generate` writes to `src/manifest.ts`. */

interface InputBase {
  readonly description: string;
  /** The text that is parsed when neither the step nor `.forge.yml` gives a value. */
  readonly fallback?: string;
  readonly required?: boolean;
  /** The GitHub `default`, which the runner fills in; only `token` has one. */
  readonly default?: string;
  /** A value that works, shown in messages about a bad one. */
  readonly example?: string;
}

export type PlainType = "string" | "boolean" | "duration" | "bytes" | "list" | "yaml" | "path" | "secret";

interface PlainInput extends InputBase {
  readonly type: PlainType;
}

interface NumericInput extends InputBase {
  readonly type: "integer" | "number" | "percent";
  readonly minimum?: number;
  readonly maximum?: number;
}

interface EnumInput extends InputBase {
  readonly type: "enum";
  readonly options: readonly string[];
}

/** A list whose items must be among `options`. */
interface ChoiceListInput extends InputBase {
  readonly type: "list";
  readonly options: readonly string[];
}

export type InputSpec = PlainInput | NumericInput | EnumInput | ChoiceListInput;

export interface OutputSpec {
  readonly description: string;
}

export interface Manifest {
  readonly action: string;
  readonly description: string;
  readonly inputs: Readonly<Record<string, InputSpec>>;
  readonly outputs: Readonly<Record<string, OutputSpec>>;
}

/** A fraction kept exactly: `percent` inputs are compared as integers, never as floats. */
export interface Decimal {
  /** `value = units / 10 ** scale` */
  readonly units: bigint;
  readonly scale: number;
  /** As the user wrote it, without a percent sign. */
  readonly text: string;
}

/** Where a value came from and where in its text a node stands: `line 3, column 5` or `.forge.yml:12:5`. */
export interface YamlInput {
  readonly value: unknown;
  /** Names the place of the node at `path`, or of the nearest ancestor that exists. */
  where(path: readonly (string | number)[]): string;
  /** The same for the key itself, where the key is what is wrong. */
  whereKey(path: readonly (string | number)[]): string;
}

interface ValueOf {
  string: string;
  boolean: boolean;
  integer: number;
  number: number;
  percent: Decimal;
  /** Milliseconds. */
  duration: number;
  /** Bytes. */
  bytes: number;
  list: readonly string[];
  yaml: YamlInput;
  path: string;
  secret: string;
}

type Parsed<I extends InputSpec> = I extends { type: "enum"; options: readonly (infer O)[] }
  ? O
  : I extends { type: keyof ValueOf }
    ? ValueOf[I["type"]]
    : never;

type Present<I extends InputSpec> = I extends { fallback: string } | { required: true } ? true : false;

/** The typed inputs of a manifest: a value that may be left out is `undefined`. */
export type Inputs<M extends Manifest> = {
  readonly [K in keyof M["inputs"]]: Present<M["inputs"][K]> extends true
    ? Parsed<M["inputs"][K]>
    : Parsed<M["inputs"][K]> | undefined;
};

/** Outputs that every action has and the frame fills in. */
export type CommonOutput = "verdict" | "summary" | "report";

/** What `run` must give back: every declared output but the common ones; `undefined` is written as an empty text. */
export type Outputs<M extends Manifest> = {
  readonly [K in Exclude<keyof M["outputs"], CommonOutput>]: string | number | boolean | undefined;
};
