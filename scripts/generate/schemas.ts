import type { InputSpec } from "../../packages/frame/manifest.ts";
import { reportSchema } from "../../packages/report/schema.ts";
import type { ActionSource } from "./action-source.ts";

type Schema = Readonly<Record<string, unknown>>;

/** `actions/<name>/report.schema.json`. */
export function reportSchemaOf({ name, outputs, dataSchema }: ActionSource): string {
  return `${JSON.stringify(reportSchema(name, Object.keys(outputs), dataSchema), undefined, 2)}\n`;
}

const waiver: Schema = {
  type: "object",
  required: ["rule", "reason", "until"],
  additionalProperties: false,
  properties: {
    rule: { type: "string", description: "Name of the rule, as the report prints it." },
    path: { type: "string", description: "Glob: only for these files." },
    reason: { type: "string" },
    until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "Last day on which it counts (UTC)." },
  },
};

/** `forge.schema.json`: what editors need to complete and check `.forge.yml`. */
export function configSchema(actions: readonly ActionSource[]): string {
  const properties: Record<string, Schema> = {
    accept: { type: "array", description: "Rules that may fail for now: each with a reason and a last day.", items: waiver },
  };
  for (const action of actions) {
    const entry: Schema = {
      type: "object",
      description: action.description,
      additionalProperties: false,
      properties: inputProperties(action),
    };
    properties[action.name] = { oneOf: [entry, { type: "array", items: { ...entry, required: ["id"] } }] };
  }
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", title: ".forge.yml", type: "object", properties };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function inputProperties({ inputs }: ActionSource): Record<string, Schema> {
  const plain = Object.entries(inputs).filter(([, spec]) => spec.type !== "secret");
  return Object.fromEntries(plain.map(([name, spec]) => [name, { description: spec.description, ...typeSchema(spec) }]));
}

function typeSchema(spec: InputSpec): Schema {
  if ("options" in spec && spec.type === "enum") return { enum: [...spec.options] };
  const types: Readonly<Record<InputSpec["type"], Schema>> = {
    string: { type: ["string", "number", "boolean"] },
    boolean: { type: "boolean" },
    integer: { type: "integer" },
    number: { type: "number" },
    percent: { type: ["number", "string"] },
    duration: { type: "string" },
    bytes: { type: ["string", "integer"] },
    enum: { type: "string" },
    list: { type: ["array", "string"], items: { type: "string" } },
    yaml: {},
    path: { type: "string" },
    secret: { type: "string" },
  };
  return types[spec.type];
}
