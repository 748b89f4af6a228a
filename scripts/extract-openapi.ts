/**
 * Writes test/fake-github/openapi.json: what GitHub's OpenAPI description says of the operations that the fake GitHub plays.
 * `node scripts/extract-openapi.ts <path of api.github.com.json>`; the description is in the npm package @octokit/openapi (MIT),
 * folder `generated`. Install it in a folder outside the repository: it has 385 MB.
 */
import { readFileSync, writeFileSync } from "node:fs";
import type { Extract, Operation, Parameter } from "../test/fake-github/contract.ts";

type Json = Readonly<Record<string, unknown>>;

/** Says nothing about what is valid. */
const prose = new Set(["description", "example", "examples", "externalDocs", "title", "deprecated"]);

const target = new URL("../test/fake-github/openapi.json", import.meta.url);
// An extract must be there before the fake's modules can be read.
try {
  readFileSync(target);
} catch {
  writeFileSync(target, JSON.stringify({ source: "", operations: {}, components: { schemas: {} } }));
}
const { routes } = await import("../test/fake-github/routes/index.ts");

const [, , path] = process.argv;
if (path === undefined) throw new Error("Give the path of api.github.com.json, of the npm package @octokit/openapi.");
const description = JSON.parse(readFileSync(path, "utf8")) as Json;
const wanted = new Set<string>();
const schemas: Record<string, Json> = {};

const operations = Object.fromEntries(
  routes.filter((route) => route.undescribed !== true).map(({ method, path }) => [`${method} ${path}`, operation(method, path)]),
);
for (const name of wanted) schemas[name] = strip(at(description, ["components", "schemas", name])) as Json;
const version = String((description.info as Json).version);
const extract: Extract = {
  source: `@octokit/openapi ${version}, api.github.com (MIT)`,
  operations,
  components: { schemas: sorted(schemas) },
};
writeFileSync(target, `${JSON.stringify(extract, undefined, 1)}\n`);

function operation(method: string, path: string): Operation {
  const given = at(description, ["paths", path, method.toLowerCase()]) as Json | undefined;
  if (given === undefined) throw new Error(`${method} ${path} is not in the description.`);
  const body = follow(given.requestBody) as Json | undefined;
  const schema = body === undefined ? undefined : jsonSchema(body);
  const responses = Object.entries(given.responses as Json).filter(([status]) => /^[2-5]\d\d$/.test(status));
  return {
    parameters: ((given.parameters ?? []) as unknown[]).map((parameter) => parameterOf(follow(parameter) as Json)),
    ...(schema === undefined ? {} : { body: { required: body?.required === true, schema: strip(schema) as Json } }),
    responses: Object.fromEntries(
      responses.map(([status, response]) => [status, (strip(jsonSchema(follow(response) as Json) ?? null) as Json | null) ?? null]),
    ),
  };
}

function parameterOf({ name, in: place, required, schema }: Json): Parameter {
  return { name: String(name), in: place as Parameter["in"], ...(required === true ? { required } : {}), schema: strip(schema) as Json };
}

function jsonSchema(holder: Json): Json | undefined {
  return at(holder, ["content", "application/json", "schema"]) as Json | undefined;
}

function at(node: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Json | undefined)?.[key], node);
}

/** Parameters, bodies and responses may be references; schemas stay references. */
function follow(node: unknown): unknown {
  const reference = (node as Json | undefined)?.$ref;
  return typeof reference === "string" ? at(description, reference.split("/").slice(1)) : node;
}

/** Without prose; notes which schemas are referred to. */
function strip(node: unknown, insideProperties = false): unknown {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (typeof node !== "object" || node === null) return node;
  const name = /^#\/components\/schemas\/(.+)$/.exec(String((node as Json).$ref ?? ""))?.[1];
  if (name !== undefined) wanted.add(name);
  const kept = Object.entries(node).filter(([key]) => insideProperties || (!prose.has(key) && !key.startsWith("x-")));
  return Object.fromEntries(kept.map(([key, value]) => [key, strip(value, key === "properties" && !insideProperties)]));
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
