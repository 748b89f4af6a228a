import { afterAll, beforeAll, expect, it } from "vitest";
import { classifyMigrations } from "../../../packages/migrations/classify.ts";
import { forwardPart } from "../../../packages/migrations/sections.ts";
import { cleanUp } from "../../bundles/harness.ts";
import { type Postgres, startPostgres } from "../../servers/auto-rollback/postgres.ts";
import { program, schema, styles } from "./styles.ts";

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

it("tells what breaks the old program in the manners of many tools, with PostgreSQL as the judge", () => {
  const text = new TextEncoder();
  expect(database.run("postgres", "CREATE DATABASE fair TEMPLATE old") ?? database.run("fair", program)).toBeUndefined();
  const judged = styles.map(([style, sql], index) => {
    const name = `try_${index}`;
    database.run("postgres", `CREATE DATABASE ${name} TEMPLATE old`);
    const failed = database.run(name, forwardPart(sql));
    const broken = database.run(name, program);
    const before = [{ path: "db/001.sql", status: "added" as const, bytes: text.encode(schema) }];
    const [judgement] = classifyMigrations([{ path: "db/002.sql", status: "added", bytes: text.encode(sql) }], before);
    return { style, kind: judgement?.class, why: judgement?.why, failed, broken };
  });
  expect(judged.filter(({ kind, broken }) => kind === "expand" && broken !== undefined)).toEqual([]);
  const fine = judged.filter(({ failed, broken }) => failed === undefined && broken === undefined);
  const held = fine.filter(({ kind }) => kind !== "expand");
  expect(fine.length).toBeGreaterThanOrEqual(35);
  expect(held.length / fine.length, JSON.stringify(held, undefined, 1)).toBeLessThanOrEqual(2 / 30);
});
