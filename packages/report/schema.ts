type Schema = Readonly<Record<string, unknown>>;

const string: Schema = { type: "string" };
const line: Schema = { type: "integer", minimum: 1 };
const numberOrText: Schema = { type: ["number", "string"] };

function object(
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
  more: Schema = { additionalProperties: false },
): Schema {
  return { type: "object", required, properties, ...more };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

const piece: Schema = {
  oneOf: [
    string,
    object({ code: string }, ["code"]),
    object({ strong: string }, ["strong"]),
    object({ link: string, text: string, code: { type: "boolean" } }, ["link", "text"]),
    object({ place: string, line, endLine: line, text: string }, ["place"]),
  ],
};
const text: Schema = { anyOf: [{ $ref: "#/definitions/piece" }, list({ $ref: "#/definitions/piece" })] };
const textRef: Schema = { $ref: "#/definitions/text" };
const labelled: Schema = list(object({ label: string, value: { type: "number" } }, ["label", "value"]));
const column: Schema = object({ title: string, align: { enum: ["left", "right"] } }, ["title"]);

function kind(name: string, properties: Readonly<Record<string, Schema>>, optional: Readonly<Record<string, Schema>> = {}): Schema {
  return object({ kind: { const: name }, ...properties, ...optional }, ["kind", ...Object.keys(properties)]);
}

const block: Schema = {
  oneOf: [
    kind("paragraph", { text: textRef }),
    kind("list", { items: list(textRef) }),
    kind("table", { columns: list(column), rows: list(list(textRef)) }, { more: { type: "integer", minimum: 0 } }),
    kind("code", { text: string }, { language: string }),
    kind("trend", { title: string, unit: string, points: labelled }),
    kind("bars", { title: string, unit: string, bars: labelled }),
  ],
};

const rule = object(
  {
    name: { ...string, description: "The input's name; for `thresholds`: `thresholds: <path or flag>`." },
    verdict: { enum: ["pass", "warn", "fail", "neutral", "unknown"] },
    actual: { ...numberOrText, description: "What was measured, rounded for display." },
    limit: numberOrText,
    unit: string,
    why: { ...string, description: "Why it could not be judged, or what is missing for it to pass." },
    path: { ...string, description: "From the repository's root." },
  },
  ["name", "verdict"],
);

const finding = object(
  {
    rule: string,
    severity: { enum: ["error", "warning", "notice"] },
    message: string,
    path: { ...string, description: "From the repository's root." },
    line: { ...line, description: "In the tree of the head; 1 is the first line." },
    endLine: { ...line, description: "The last line, included." },
    column: line,
    endColumn: line,
  },
  ["rule", "severity", "message"],
  { additionalProperties: true },
);

/**
 * The JSON schema (draft-07, which editors and ajv read without settings) of an action's report: `outputs` are the names of all its outputs, the common
 * ones included; `data` is the schema of the action's own part.
 */
export function reportSchema(action: string, outputs: readonly string[], data: Schema): Schema {
  const outputProperties = Object.fromEntries(outputs.map((name) => [name, string]));
  const properties: Readonly<Record<string, Schema>> = {
    schema: { const: "forge-report/1" },
    action: { const: action },
    id: { ...string, description: "Tells several uses of the action apart." },
    version: string,
    verdict: { enum: ["pass", "fail", "neutral", "unknown"] },
    enforced: { type: "boolean", description: "False: the step passes whatever the verdict is." },
    headline: { ...string, description: "The answer in one line." },
    outputs: object(outputProperties, outputs),
    rules: list(rule),
    notes: list(string),
    findings: list(finding),
    inputs: { type: "object", description: "The inputs as they were understood, without secrets." },
    commit: { ...string, description: "The tested commit." },
    head: { ...string, description: "The head of the pull request, where the tested commit is a merge." },
    base: { ...string, description: "The commit that was compared with." },
    baseline: object({ commit: string, distance: { type: "integer", minimum: 0, description: "Commits from the base." } }, [
      "commit",
      "distance",
    ]),
    runUrl: string,
    sections: list(
      object({ title: string, folded: { type: "boolean" }, blocks: list({ $ref: "#/definitions/block" }) }, ["title", "blocks"]),
    ),
    data: { description: "Empty when nothing could be judged.", anyOf: [data, { type: "object", maxProperties: 0 }] },
  };
  const optional = new Set(["head", "base", "baseline", "runUrl"]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Report of ${action}`,
    ...object(
      properties,
      Object.keys(properties).filter((key) => !optional.has(key)),
    ),
    definitions: { piece, text, block },
  };
}
