import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classifyMigrations, classifyScript } from "../../../packages/migrations/classify.ts";
import { isWider } from "../../../packages/migrations/widening.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const one = (path: string, text: string, status: "added" | "modified" | "removed" = "added") =>
  classifyMigrations([{ path, status, bytes: bytes(text) }])[0]?.class;

describe("a script", () => {
  it.each([
    ["ALTER TABLE a ADD COLUMN b int", "expand"],
    ["ALTER TABLE a ADD COLUMN b int NOT NULL", "contract"],
    ["ALTER TABLE a ADD COLUMN b int NOT NULL DEFAULT NULL", "contract"],
    ["ALTER TABLE a ADD COLUMN b made_up", "contract"],
    ["CREATE TABLE a (b int); ALTER TABLE a ADD c int NOT NULL; DROP TABLE a", "expand"],
    ["CREATE TABLE IF NOT EXISTS a (b int); DROP TABLE a", "contract"],
    ["CREATE TABLE b (x int); ALTER TABLE b RENAME TO a", "unknown"],
    ["SET search_path = other; CREATE TABLE a (b int)", "unknown"],
    ["SELECT set_config('search_path', 'x', false)", "unknown"],
    ["INSERT INTO a VALUES ('; DROP TABLE b; --')", "unknown"],
    ["CREATE TABLE a AS WITH b AS (DELETE FROM c RETURNING *) SELECT * FROM b", "unknown"],
    ["CREATE TABLE a (b text DEFAULT '; DROP TABLE b')", "expand"],
    ["CREATE TABLE a (b text DEFAULT $x$ ; DROP TABLE b; $x$)", "expand"],
    ["CREATE TABLE a (b text DEFAULT E'it\\'s; DROP TABLE c')", "expand"],
    ["/*! DROP TABLE a */", "unknown"],
    ["\\i other.sql", "unknown"],
    ["CREATE TABLE {{name}} (a int)", "unknown"],
    ["ALTER TABLE a ADD b int AFTER c", "contract"],
    ["CREATE TABLE a (b text); INSERT INTO a VALUES ('\\''); DROP TABLE c; -- ')", "unknown"],
    ["CREATE TABLE a (b int)\nGO\nDROP TABLE c\nGO\n", "contract"],
    ["CREATE TABLE a AS WITH b AS (DELETE FROM c RETURNING *) SELECT * FROM b", "unknown"],
    ["SELECT 'DROP TABLE a' \\gexec", "unknown"],
    ["SET standard_conforming_strings = off; CREATE TABLE a (b text DEFAULT '\\'; DROP TABLE c; --')", "unknown"],
    ["CREATE INDEX ON a (CAST(b AS int))", "unknown"],
    ["CREATE INDEX ON a (lower(b))", "expand"],
    ["ALTER TABLE a ADD b serial", "contract"],
    ["ALTER TABLE a ALTER b SET DEFAULT 1", "unknown"],
    ["ALTER TABLE a ADD b int; CREATE UNIQUE INDEX ON a (b)", "expand"],
    ["ALTER TABLE a ADD b int; ALTER TABLE a ALTER b SET DEFAULT 1; CREATE UNIQUE INDEX ON a (b)", "contract"],
    ["ALTER TABLE a ADD b int; CREATE UNIQUE INDEX ON a (b) NULLS NOT DISTINCT", "contract"],
    ["ALTER TABLE a ADD b int, ADD c int; ALTER TABLE a ADD CONSTRAINT d FOREIGN KEY (b) REFERENCES e (id)", "expand"],
    ["ALTER TABLE a ADD b int DEFAULT 3; ALTER TABLE a ADD CONSTRAINT d FOREIGN KEY (b) REFERENCES e (id)", "contract"],
    ["CREATE TABLE a (b int) PARTITION BY LIST (b); CREATE TABLE c PARTITION OF a FOR VALUES IN (1)", "expand"],
    ["CREATE TABLE c PARTITION OF a FOR VALUES IN (1)", "expand"],
    ["UPDATE alembic_version SET version_num = 'b'", "expand"],
    ["", "expand"],
    ["FROBNICATE", "unknown"],
  ])("%s is %s", (sql, kind) => expect(classifyScript(sql).class).toBe(kind));

  it("never throws, and ends, whatever it is", () => {
    const pieces = fc.constantFrom(
      "ALTER TABLE a ",
      "ADD ",
      "'",
      '"',
      "(",
      ")",
      ";",
      "$$",
      "/*",
      "*/",
      "--",
      "\n",
      ",",
      "DROP ",
      "b",
      " int",
      "\0",
      "é",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        expect(["expand", "contract", "unknown"]).toContain(classifyScript(parts.join("")).class);
      }),
    );
    expect(classifyScript(`${"(".repeat(200_000)}`).class).toBe("unknown");
    expect(classifyScript(`CREATE TABLE a (${"b int, ".repeat(50_000)} c int)`).class).toBe("expand");
  });
});

describe("what databases and tools read in different ways", () => {
  const drop = "DROP TABLE users;";
  it.each([
    ["MySQL's comment", `CREATE TABLE a (b int) # it's\n; ${drop} # it's`],
    ["MySQL's backslash in a string", `CREATE TABLE a (b text DEFAULT 'x\\'' ); ${drop} -- ')`],
    ["MySQL's backslash in a quoted name", `CREATE TABLE a (b text COMMENT "x\\"); ${drop} -- ")`],
    ["MariaDB's comment that runs", `/*M! ${drop} */`],
    ["comments in comments", `/* a /* b */ ${drop} */ CREATE TABLE a (b int)`],
    ["a lone carriage return", `-- x\r${drop}\nCREATE TABLE a (b int)`],
    ["psql's gexec", "SELECT 'DROP TABLE users' \\gexec"],
    ["psql's variable", "ALTER TABLE users ADD a int NOT NULL DEFAULT :value"],
    ["SQL Server's GO", `CREATE TABLE a (b int)\nGO\n${drop}`],
    ["Oracle's slash", `CREATE TABLE a (b int)\n/\n${drop}`],
    ["Liquibase's own end", `--changeset a:1 endDelimiter:@@\nCREATE TABLE a (b text)@@ ${drop}`],
    ["a missing semicolon", "CREATE TABLE a (b int) DROP TABLE users"],
    ["a delimiter of the client", `DELIMITER //\nCREATE TABLE a (b int)//\n${drop}//`],
    ["Jinja", "CREATE TABLE a (b int); {% if x %} SELECT 1; {% endif %}"],
    ["a NUL in a comment", `CREATE TABLE a (b int) -- \0\n`],
    ["goose's sections in another order", `-- +goose Down\nSELECT 1;\n-- +goose Up\n${drop}`],
    ["a mark of a tool that is not used", `CREATE TABLE a (b int);\n-- migrate:down\n${drop}`],
    ["rows for a program", "CREATE TABLE a (b int); COPY a FROM PROGRAM 'rm x'"],
    ["rows that do not end", "CREATE TABLE a (b int);\nCOPY a FROM stdin;\n1\n"],
  ])("%s never hides what is taken away", (_, script) => expect(classifyScript(script).class).not.toBe("expand"));

  it.each([
    [
      "MySQL",
      "CREATE TABLE `a` (`id` INT NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\nALTER TABLE `users` ADD COLUMN `b` VARCHAR(9) NULL, ALGORITHM=INPLACE, LOCK=NONE;",
    ],
    [
      "SQLite",
      'PRAGMA foreign_keys=OFF;\nCREATE TABLE "a" ("id" INTEGER PRIMARY KEY AUTOINCREMENT);\nALTER TABLE users ADD COLUMN b TEXT;\nPRAGMA foreign_keys=ON;',
    ],
    ["SQL Server's GO", "CREATE TABLE a (b int)\nGO\nCREATE TABLE c (b int)\n  go\n"],
    ["rows of COPY", "CREATE TABLE a (b text);\nCOPY public.a (b) FROM stdin;\nit's ; DROP TABLE x\n\\.\n"],
    ["pg_dump's lock on psql", "\\restrict abc\nCREATE TABLE a (b text);\n\\unrestrict abc\n"],
    ["the way back of Play", "# --- !Ups\nCREATE TABLE a (b int);\n# --- !Downs\nDROP TABLE a;"],
  ])("%s is read", (_, script) => expect(classifyScript(script)).toMatchObject({ class: "expand" }));
});

describe("a file", () => {
  it("is a way back only beside its way there", () => {
    const paths = (...names: string[]) =>
      classifyMigrations(
        names.map((path) => ({ path, status: "added" as const, bytes: bytes(path.includes("V1__") ? "" : "DROP TABLE a") })),
      );
    expect(paths("db/V7__tear_down.sql", "db/V8__undo.sql").map((file) => file.class)).toEqual(["contract", "contract"]);
    expect(paths("db/U1__a.sql", "db/V1__a.sql").map((file) => file.class)).toEqual(["expand", "expand"]);
    expect(paths("db/U1__a.sql")[0]?.class).toBe("contract");
    expect(paths("db/revert/a.sql")[0]?.class).toBe("contract");
  });

  it("in UTF-16 or of bytes is unknown, with a mark or without", () => {
    const utf16 = (text: string): Uint8Array => new Uint8Array([...text].flatMap((character) => [character.charCodeAt(0), 0]));
    for (const content of [
      utf16("\uFEFFCREATE TABLE a (b int);"),
      utf16("-- x"),
      new Uint8Array([0x1f, 0x8b, 8, 0]),
      new Uint8Array([0x53, 0xe9]),
    ]) {
      expect(classifyMigrations([{ path: "a.sql", status: "added", bytes: content }])[0]?.class).toBe("unknown");
    }
  });

  it("is not taken for the making of a table that was renamed before", () => {
    const before = [{ path: "1.sql", status: "added" as const, bytes: bytes("CREATE TABLE a (b int); ALTER TABLE a RENAME TO users") }];
    const script = bytes("CREATE TABLE IF NOT EXISTS users (b int); ALTER TABLE users DROP COLUMN b");
    expect(classifyMigrations([{ path: "2.sql", status: "added", bytes: script }], before)[0]?.class).toBe("contract");
  });

  it("that is no SQL, was changed, or cannot be read is unknown", () => {
    expect(one("a.py", "x")).toBe("unknown");
    expect(one("a.sql", "CREATE TABLE a (b int)", "modified")).toBe("unknown");
    expect(classifyMigrations([{ path: "a.sql", status: "added", bytes: undefined }])[0]?.class).toBe("unknown");
    expect(classifyMigrations([{ path: "a.sql", status: "added", bytes: new Uint8Array([0xff, 0xfe]) }])[0]?.class).toBe("unknown");
  });

  it("is read as far as a deployment runs it", () => {
    expect(one("1.sql", "-- +goose Up\nCREATE TABLE a (b int);\n-- +goose Down\nDROP TABLE a;\n")).toBe("expand");
    expect(one("1.down.sql", "DROP TABLE a;")).toBe("expand");
  });

  it("knows the old types from the old files", () => {
    const before = [{ path: "1.sql", status: "added" as const, bytes: bytes("CREATE TABLE a (b varchar(10), c int)") }];
    const judge = (sql: string) => classifyMigrations([{ path: "2.sql", status: "added", bytes: bytes(sql) }], before)[0]?.class;
    expect(judge("ALTER TABLE a ALTER b TYPE text, ALTER c TYPE bigint")).toBe("expand");
    expect(judge("ALTER TABLE a ALTER b TYPE varchar(5)")).toBe("contract");
    expect(judge("ALTER TABLE a ALTER c TYPE text")).toBe("contract");
  });
});

it.each([
  ["integer", "bigint", true],
  ["bigint", "integer", false],
  ["varchar(5)", "varchar(9)", true],
  ["text", "varchar(9)", false],
  ["numeric(6,2)", "numeric(8,2)", true],
  ["numeric(6,2)", "numeric(8,5)", false],
  ["integer", "text", false],
])("from %s to %s: %s", (from, to, wider) => expect(isWider(from, to)).toBe(wider));
