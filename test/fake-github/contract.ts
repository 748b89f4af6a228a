import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "query" | "path" | "header";
  readonly required?: boolean;
  readonly schema: Json;
}

export interface Operation {
  readonly parameters: readonly Parameter[];
  readonly body?: { readonly required: boolean; readonly schema: Json };
  /** By status; `null` where the answer has no JSON body. */
  readonly responses: Readonly<Record<string, Json | null>>;
}

/** What `scripts/extract-openapi.ts` writes. */
export interface Extract {
  readonly source: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
}

const ajv = new Ajv({
  strict: false,
  allErrors: true,
  logger: false,
  formats: {
    "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    uri: (text: string) => URL.canParse(text.replaceAll(/\{[^}]*\}/g, "")),
  },
});
const extract = JSON.parse(readFileSync(new URL("./openapi.json", import.meta.url), "utf8")) as Extract;
ajv.addSchema({ $id: "github", components: rewrite(extract.components) as Json });
const compiled = new Map<unknown, ValidateFunction>();

/** OpenAPI 3.0 says `nullable`, JSON Schema says `null` is one of the types; references are made to point at the whole extract. */
function rewrite(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rewrite);
  if (typeof node !== "object" || node === null) return node;
  const { nullable, ...rest } = node as Json;
  const plain = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, rewrite(value)]));
  if (typeof plain.$ref === "string") plain.$ref = plain.$ref.replace(/^#/, "github#");
  return nullable === true ? { anyOf: [plain, { type: "null" }] } : plain;
}

function problemsOf(schema: Json, value: unknown, what: string): string[] {
  let validate = compiled.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(rewrite(schema) as Json);
    compiled.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message ?? "is wrong"}`);
}

/** The operation of a route, named as `GET /user`. */
export function operationOf(method: string, path: string): Operation | undefined {
  return extract.operations[`${method} ${path}`];
}

export function checkRequest(operation: Operation, query: URLSearchParams, body: unknown): string[] {
  const known = new Map(
    operation.parameters.filter((parameter) => parameter.in === "query").map((parameter) => [parameter.name, parameter]),
  );
  const problems = [...query.keys()].filter((name) => !known.has(name)).map((name) => `query "${name}" is not described`);
  for (const { name, required, schema } of known.values()) {
    const text = query.get(name);
    if (text === null) {
      if (required === true) problems.push(`query "${name}" is missing`);
    } else problems.push(...problemsOf(schema, typed(text, schema), `query "${name}"`));
  }
  if (body === undefined) return operation.body?.required === true ? [...problems, "the body is missing"] : problems;
  if (operation.body === undefined) return [...problems, "a body is not described"];
  return [...problems, ...problemsOf(operation.body.schema, body, "body")];
}

/** Texts of a query as the type that the description wants. */
function typed(text: string, schema: Json): unknown {
  if (schema.type === "integer" && /^-?\d+$/.test(text)) return Number(text);
  return schema.type === "boolean" && /^(true|false)$/.test(text) ? text === "true" : text;
}

export function checkResponse(operation: Operation, status: number, body: unknown): string[] {
  const schema = operation.responses[String(status)];
  // Errors that every operation can give (401, 403, 404, 422) are not described everywhere.
  if (schema === undefined) return status >= 400 ? [] : [`status ${status} is not described`];
  if (schema === null) return body === undefined ? [] : [`status ${status} has no body`];
  return problemsOf(schema, body, `answer ${status}`);
}
