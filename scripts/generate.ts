/** `npm run generate`: everything that is derived from the `action.yml` files. `npm run check` calls it without writing. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { actionIndex } from "./generate/action-index.ts";
import { type ActionSource, readActions } from "./generate/action-source.ts";
import { dependencyList } from "./generate/dependencies.ts";
import { actionList, manifestModule } from "./generate/manifest-module.ts";
import { fillTables } from "./generate/readme-tables.ts";
import { fillRuleTable } from "./generate/rule-table.ts";
import { configSchema, reportSchemaOf } from "./generate/schemas.ts";
import { workflowCopies } from "./generate/workflow-copies.ts";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Gives the files whose content is not what the declarations say; with `write` they are brought up to date. */
export function generate(folder: string, { write }: { write: boolean }): string[] {
  const drifted: string[] = [];
  for (const [path, text] of generatedFiles(folder, readActions(folder))) {
    const absolute = join(folder, path);
    if (existsSync(absolute) && readFileSync(absolute, "utf8") === text) continue;
    drifted.push(path);
    if (!write) continue;
    mkdirSync(dirname(absolute), { recursive: true });
    writeFileSync(absolute, text);
  }
  return drifted;
}

function* generatedFiles(folder: string, actions: readonly ActionSource[]): Generator<readonly [path: string, text: string]> {
  for (const action of actions) {
    const home = `actions/${action.name}`;
    yield [`${home}/src/manifest.ts`, manifestModule(action)];
    yield [`${home}/report.schema.json`, reportSchemaOf(action)];
    const readme = join(folder, home, "README.md");
    if (existsSync(readme)) yield [`${home}/README.md`, fillRuleTable(fillTables(readFileSync(readme, "utf8"), action))];
  }
  yield ["packages/cli/actions.ts", actionList(actions)];
  yield ["forge.schema.json", configSchema(actions)];
  yield ["action-index.md", actionIndex(folder, actions)];
  yield ["docs/dependencies.md", dependencyList(folder)];
  yield* workflowCopies(folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of generate(root, { write: true })) console.log(`wrote ${path}`);
}
