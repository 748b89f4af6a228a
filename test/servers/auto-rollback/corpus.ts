/** The schema that the old program was written for. */
export const schema = `
CREATE TYPE plan AS ENUM ('free', 'paid');
CREATE TABLE users (
  id serial PRIMARY KEY, email varchar(100) NOT NULL UNIQUE, name varchar(50), age integer, plan plan DEFAULT 'free',
  bio text, score numeric(6,2), seen timestamptz DEFAULT now(), CONSTRAINT users_age_check CHECK (age >= 0)
);
CREATE TABLE orders (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users(id), total integer NOT NULL DEFAULT 0, note text);
CREATE INDEX orders_note_idx ON orders (note);
CREATE UNIQUE INDEX orders_pair_idx ON orders (user_id, note);
CREATE VIEW rich AS SELECT id, email FROM users WHERE score > 100;
INSERT INTO users (email, name, age, bio, score) VALUES ('a@example.com', 'A', 3, 'x', 5), ('b@example.com', NULL, NULL, NULL, NULL);
INSERT INTO orders (user_id, total, note) VALUES (1, 5, 'n');
GRANT ALL ON ALL TABLES IN SCHEMA public TO app;
GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO app;
`;

/** What the old program does all day. */
export const program = `
SET ROLE app;
INSERT INTO users (email, name, age, bio, score) VALUES ('c@example.com', 'A', 0, 'x', 7), ('d@example.com', NULL, 150, NULL, NULL);
INSERT INTO users (email) VALUES ('c@example.com') ON CONFLICT (email) DO UPDATE SET name = 'again';
INSERT INTO users (email, name) SELECT 'long' || g || '@example.com', repeat('n', 50) FROM generate_series(1, 2) g;
UPDATE users SET name = NULL, plan = 'paid', bio = 'hello' WHERE email = 'a@example.com';
INSERT INTO orders (user_id, total, note) VALUES (1, 7, 'm');
INSERT INTO orders (user_id) VALUES (2);
INSERT INTO orders (user_id, note) VALUES (1, 'n') ON CONFLICT (user_id, note) DO NOTHING;
SELECT id, email, name, age, plan, bio, score, seen FROM users WHERE age + 1 > 0 AND name LIKE 'A%' ORDER BY seen;
SELECT o.id, u.email, o.total FROM orders o JOIN users u ON u.id = o.user_id WHERE o.note = 'n' OR o.total = 5;
SELECT id, email FROM rich;
DELETE FROM orders WHERE note = 'm';
DELETE FROM users WHERE email = 'd@example.com';
`;

/** Migrations as people write them; whether they break the old program is for the database to say. */
export const corpus: readonly string[] = [
  "ALTER TABLE users ADD COLUMN phone text;",
  "ALTER TABLE users ADD phone varchar(20) DEFAULT '' NOT NULL;",
  "ALTER TABLE users ADD COLUMN phone text NOT NULL;",
  "ALTER TABLE users ADD COLUMN phone text;\nUPDATE users SET phone = 'none';\nALTER TABLE users ALTER COLUMN phone SET NOT NULL;",
  "ALTER TABLE users DROP COLUMN bio;",
  "ALTER TABLE users RENAME COLUMN name TO full_name;",
  "ALTER TABLE users RENAME TO people;",
  "DROP TABLE orders;",
  "DROP VIEW rich;",
  "CREATE TABLE teams (id serial PRIMARY KEY, name text NOT NULL UNIQUE);\nINSERT INTO teams (name) VALUES ('one; two');",
  "CREATE TABLE logins (id bigserial PRIMARY KEY, user_id integer REFERENCES users(id), at timestamptz NOT NULL DEFAULT now());\nCREATE INDEX ON logins (user_id);\nCREATE UNIQUE INDEX ON logins (at);",
  "CREATE INDEX users_name_idx ON users (name);",
  "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_age_idx ON users (age);",
  "CREATE UNIQUE INDEX users_name_key ON users (name);",
  "ALTER TABLE users ALTER COLUMN name TYPE varchar(200);",
  "ALTER TABLE users ALTER COLUMN name SET DATA TYPE text;",
  "ALTER TABLE users ALTER COLUMN name TYPE varchar(10) USING left(name, 10);",
  "ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
  "ALTER TABLE orders ALTER COLUMN total TYPE text;",
  "ALTER TABLE users ALTER COLUMN score TYPE numeric(12,2);",
  "ALTER TABLE users ALTER COLUMN name SET NOT NULL;",
  "UPDATE users SET name = '' WHERE name IS NULL;\nALTER TABLE users ALTER COLUMN name SET NOT NULL;",
  "ALTER TABLE users ALTER COLUMN name SET DEFAULT 'nobody';",
  "ALTER TABLE orders ALTER COLUMN total DROP DEFAULT;",
  "ALTER TABLE orders ALTER COLUMN user_id DROP NOT NULL;",
  "ALTER TABLE users ADD CONSTRAINT young CHECK (age < 100) NOT VALID;",
  "ALTER TABLE users DROP CONSTRAINT users_age_check;",
  "ALTER TABLE users DROP CONSTRAINT users_email_key;",
  "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;",
  "DROP INDEX orders_note_idx;",
  "DROP INDEX orders_pair_idx;",
  "ALTER TYPE plan ADD VALUE 'gold';",
  "ALTER TYPE plan RENAME VALUE 'paid' TO 'pro';",
  "CREATE TYPE mood AS ENUM ('sad', 'happy');\nALTER TABLE users ADD COLUMN mood mood;",
  "CREATE DOMAIN required AS text NOT NULL DEFAULT '';\nCREATE DOMAIN strict AS text CHECK (VALUE IS NOT NULL);\nALTER TABLE orders ADD COLUMN tag required;",
  "ALTER TABLE users ADD COLUMN kind text DEFAULT 'a' CHECK (kind IN ('a', 'b'));",
  "ALTER TABLE users ADD COLUMN kind text CHECK (kind IS NOT NULL AND kind <> '') NOT VALID;",
  "ALTER TABLE users ADD COLUMN token text UNIQUE;",
  "ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE;",
  "TRUNCATE users CASCADE;",
  "-- DROP TABLE users;\n/* ALTER TABLE users DROP COLUMN name; */\nCOMMENT ON TABLE users IS 'DROP TABLE users;';",
  "ALTER TABLE users ADD COLUMN full_name text GENERATED ALWAYS AS (coalesce(name, '') || email) STORED;",
  "ALTER TABLE orders ADD COLUMN share integer GENERATED ALWAYS AS (100 / nullif(total, 0)) STORED;",
  "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no; no'; END $$;\nCREATE TRIGGER no BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION no();",
  "CREATE VIEW poor AS SELECT id FROM users WHERE score < 1;",
  "BEGIN;\nSET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN a int, ADD COLUMN b int DEFAULT 3;\nCOMMIT;",
  "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\nALTER TABLE users FORCE ROW LEVEL SECURITY;",
  "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP COLUMN ' || quote_ident('bio'); END $$;",
  "ALTER TABLE users SET SCHEMA pg_catalog_is_not_it;",
  "CREATE TABLE IF NOT EXISTS users (id int);\nALTER TABLE users DROP COLUMN bio;",
  'CREATE TABLE "Users" (id int);\nALTER TABLE "Users" DROP COLUMN id;',
  "CREATE TABLE users2 (id int);\nDROP TABLE IF EXISTS users2, orders;",
];
