import { afterAll, beforeAll, expect, it } from "vitest";
import { classifyMigrations } from "../../../packages/migrations/classify.ts";
import { cleanUp } from "../../bundles/harness.ts";
import { titled, whyMissing } from "../available.ts";
import { corpus, program, schema } from "./corpus.ts";
import { binaries, type Postgres, startPostgres } from "./postgres.ts";
import { silent, styles } from "./styles.ts";

const missing = await whyMissing(binaries);
let database: Postgres;
beforeAll(async () => {
  if (missing !== undefined) return;
  database = await startPostgres();
  database.run("postgres", "CREATE ROLE app");
  database.run("postgres", "CREATE DATABASE old");
  expect(database.run("old", schema)).toBeUndefined();
});
afterAll(() => {
  database?.stop();
  cleanUp();
});

interface Tried {
  readonly name: string;
  readonly sql: string;
}

/** What we say of each migration, and what the old program says after it. */
function tryAll(all: readonly Tried[], prefix: string) {
  const text = new TextEncoder();
  const before = [{ path: "db/001.sql", status: "added" as const, bytes: text.encode(schema) }];
  const judged = all.map(({ name, sql }, index) => {
    const database_ = `${prefix}_${index}`;
    database.run("postgres", `CREATE DATABASE ${database_} TEMPLATE old`);
    const applied = database.run(database_, sql);
    const broken = database.run(database_, program);
    const [judgement] = classifyMigrations([{ path: `db/${name}`, status: "added", bytes: text.encode(sql) }], before);
    return { name, sql, kind: judgement?.class, why: judgement?.why, applied: applied === undefined, broken };
  });
  return {
    harmful: judged.filter(({ kind, broken }) => kind === "expand" && broken !== undefined),
    held: judged.filter(({ kind, broken, applied }) => applied && kind !== "expand" && broken === undefined),
    fine: judged.filter(({ applied, broken }) => applied && broken === undefined),
  };
}

it.skipIf(missing !== undefined)(
  titled("never calls an expansion what breaks the old program, and seldom holds what does not", missing),
  () => {
    const { harmful, held, fine } = tryAll(
      corpus.map((sql) => ({ name: "002.sql", sql })),
      "try",
    );
    expect(harmful).toEqual([]);
    expect(held.length, JSON.stringify(held, undefined, 1)).toBeLessThanOrEqual(2);
    expect(fine.length).toBeGreaterThanOrEqual(20);
  },
);

it.skipIf(missing !== undefined)(titled("in the styles of many tools", missing), () => {
  const { harmful, held, fine } = tryAll(styles, "style");
  // A way back that no deployment runs breaks the program, and is not run.
  expect(harmful.map(({ name }) => name)).toEqual(["U2__undo.sql"]);
  const needless = held.filter(({ name }) => !silent.includes(name));
  expect(silent.every((name) => held.some((each) => each.name === name))).toBe(true);
  expect(needless.length, JSON.stringify(needless, undefined, 1)).toBeLessThanOrEqual(2);
  expect(fine.length).toBeGreaterThanOrEqual(20);
});
