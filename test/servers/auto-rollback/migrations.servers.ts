import { afterAll, beforeAll, expect, it } from "vitest";
import { classifyMigrations } from "../../../packages/migrations/classify.ts";
import { cleanUp } from "../../bundles/harness.ts";
import { corpus, program, schema } from "./corpus.ts";
import { type Postgres, startPostgres } from "./postgres.ts";

let database: Postgres;
beforeAll(async () => {
  database = await startPostgres();
  database.run("postgres", "CREATE ROLE app");
  database.run("postgres", "CREATE DATABASE old");
  expect(database.run("old", schema)).toBeUndefined();
});
afterAll(() => {
  database?.stop();
  cleanUp();
});

it("never calls an expansion what breaks the old program, and seldom holds what does not", () => {
  const text = new TextEncoder();
  const judged = corpus.map((sql, index) => {
    const name = `try_${index}`;
    database.run("postgres", `CREATE DATABASE ${name} TEMPLATE old`);
    const applied = database.run(name, sql);
    const broken = database.run(name, program);
    const before = [{ path: "db/001.sql", status: "added" as const, bytes: text.encode(schema) }];
    const [judgement] = classifyMigrations([{ path: "db/002.sql", status: "added", bytes: text.encode(sql) }], before);
    return { sql, kind: judgement?.class, why: judgement?.why, applied: applied === undefined, broken };
  });
  const harmful = judged.filter(({ kind, broken }) => kind === "expand" && broken !== undefined);
  const held = judged.filter(({ kind, broken, applied }) => applied && kind !== "expand" && broken === undefined);
  const fine = judged.filter(({ applied, broken }) => applied && broken === undefined);
  expect(harmful).toEqual([]);
  expect(held.map(({ sql, why }) => `${sql} (${why ?? ""})`).length, JSON.stringify(held, undefined, 1)).toBeLessThanOrEqual(2);
  expect(fine.length).toBeGreaterThanOrEqual(20);
});
