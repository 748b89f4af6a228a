import { afterAll, beforeAll, expect, it } from "vitest";
import { classifyMigrations } from "../../../packages/migrations/classify.ts";
import { forwardPart } from "../../../packages/migrations/sections.ts";
import { cleanUp } from "../../bundles/harness.ts";
import { titled, whyMissing } from "../available.ts";
import * as users from "./corpus.ts";
import { binaries, type Postgres, startPostgres } from "./postgres.ts";
import * as shop from "./shop.ts";
import { silent, styles } from "./styles.ts";

const missing = await whyMissing(binaries);
let database: Postgres;
beforeAll(async () => {
  if (missing !== undefined) return;
  database = await startPostgres();
  database.run("postgres", "CREATE ROLE app");
});
afterAll(() => {
  database?.stop();
  cleanUp();
});

/** A schema, what the program that was written for it does all day, and migrations of it by file name. */
interface World {
  readonly name: string;
  readonly schema: string;
  readonly program: string;
  readonly migrations: readonly (readonly [name: string, sql: string])[];
}

/** What we say of each migration, and what the old program says after it. */
function tryAll({ name: world, schema, program, migrations }: World) {
  database.run("postgres", `CREATE DATABASE ${world}`);
  expect(database.run(world, schema)).toBeUndefined();
  database.run("postgres", `CREATE DATABASE ${world}_fair TEMPLATE ${world}`);
  expect(database.run(`${world}_fair`, program)).toBeUndefined();
  const text = new TextEncoder();
  const before = [{ path: "db/001.sql", status: "added" as const, bytes: text.encode(schema) }];
  const judged = migrations.map(([name, sql], index) => {
    const tried = `${world}_${index}`;
    database.run("postgres", `CREATE DATABASE ${tried} TEMPLATE ${world}`);
    const applied = database.run(tried, forwardPart(sql)) === undefined;
    const broken = database.run(tried, program);
    const [judgement] = classifyMigrations([{ path: `db/${name}`, status: "added", bytes: text.encode(sql) }], before);
    return { name, sql, kind: judgement?.class, why: judgement?.why, applied, broken };
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
    const { harmful, held, fine } = tryAll({ ...users, name: "users", migrations: users.corpus.map((sql) => ["002.sql", sql]) });
    expect(harmful).toEqual([]);
    expect(held.length, JSON.stringify(held, undefined, 1)).toBeLessThanOrEqual(2);
    expect(fine.length).toBeGreaterThanOrEqual(20);
  },
);

it.skipIf(missing !== undefined)(titled("in the styles of many tools", missing), () => {
  const { harmful, held, fine } = tryAll({ ...users, name: "styles", migrations: styles.map(({ name, sql }) => [name, sql]) });
  expect(harmful).toEqual([]);
  const needless = held.filter(({ name }) => !silent.includes(name));
  expect(silent.every((name) => held.some((each) => each.name === name))).toBe(true);
  expect(needless.length, JSON.stringify(needless, undefined, 1)).toBeLessThanOrEqual(2);
  expect(fine.length).toBeGreaterThanOrEqual(20);
});

it.skipIf(missing !== undefined)(titled("in the manners of many tools, on partitions, views, functions and triggers", missing), () => {
  const { harmful, held, fine } = tryAll({ ...shop, name: "shop", migrations: shop.manners.map(([style, sql]) => [`${style}.sql`, sql]) });
  expect(harmful).toEqual([]);
  expect(fine.length).toBeGreaterThanOrEqual(35);
  expect(held.length / fine.length, JSON.stringify(held, undefined, 1)).toBeLessThanOrEqual(2 / 30);
});
