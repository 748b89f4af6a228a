/**
 * How many passwords that never stood anywhere are found in the files people keep them in, form by form, and how many innocent files are flagged:
 * `node scripts/secret-scan/recall.ts [rounds] [folder of innocent files …]`.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { scanner } from "../../test/actions/secret-scan/arrange.ts";
import { alphanumeric, Dice } from "../../test/actions/secret-scan/samples.ts";

const words = [
  "autumn",
  "tiger",
  "Blue",
  "Hamster",
  "winter",
  "Sun",
  "coffee",
  "Mango",
  "river",
  "Pixel",
  "dragon",
  "Maria",
  "king",
  "Login",
];

/** As people choose them, and as managers make them. */
function password(dice: Dice): string {
  const word = (): string => dice.pick(words);
  return dice.pick([
    () => `${word()}${word()}${dice.below(9_000) + 100}`,
    () => `${word()}${dice.pick(["!", "#", "_", "-"])}${dice.below(2_000)}`,
    () => dice.text(alphanumeric, 12 + dice.below(12)),
    () => `${dice.text(alphanumeric, 8)}${dice.pick(["!", "$", "%"])}${dice.text(alphanumeric, 5)}`,
    () => dice.text("0123456789abcdef", 32),
    () => `${word().replace("a", "4").replace("i", "1").replace("e", "3")}${dice.below(90) + 10}!`,
  ])();
}

type Form = readonly [path: string, write: (secret: string) => string];
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const forms: readonly Form[] = [
  ["app.ini", (s) => `[database]\nhost = db1\nuser = app\npassword = ${s}\n`],
  ["conf/settings.toml", (s) => `[smtp]\nuser = "mailer"\npassword = "${s}"\n`],
  ["config/database.yml", (s) => `production:\n  adapter: mysql2\n  username: root\n  password: ${s}\n`],
  ["config.json", (s) => `{"db": {"user": "sa", "password": "${s}"}}\n`],
  ["server.xml", (s) => `<Resource name="jdbc/app" username="app" password="${s}" url="jdbc:x"/>\n`],
  ["settings.xml", (s) => `<server><id>nexus</id><username>ci</username><password>${s}</password></server>\n`],
  ["app.properties", (s) => `spring.datasource.password=${s}\n`],
  [".env", (s) => `DB_HOST=localhost\nDB_PASSWORD=${s}\n`],
  [".env.production", (s) => `export SMTP_PASS='${s}'\n`],
  ["docker-compose.yml", (s) => `services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${s}\n`],
  ["compose.yaml", (s) => `services:\n  db:\n    environment:\n      - MYSQL_ROOT_PASSWORD=${s}\n`],
  ["Dockerfile", (s) => `FROM alpine\nENV ADMIN_PASSWORD=${s}\n`],
  ["Dockerfile", (s) => `FROM alpine\nENV REDIS_PASSWORD ${s}\n`],
  ["prod.tfvars", (s) => `db_username = "app"\ndb_password = "${s}"\n`],
  ["main.tf", (s) => `resource "aws_db_instance" "a" {\n  username = "app"\n  password = "${s}"\n}\n`],
  ["config.php", (s) => `<?php\ndefine('DB_PASSWORD', '${s}');\n`],
  ["wp-config.php", (s) => `<?php\ndefine( "DB_PASSWORD", "${s}" );\n`],
  ["db.php", (s) => `<?php $config['db']['pass'] = '${s}';\n`],
  ["src/db.js", (s) => `const connection = mysql.createConnection({ user: 'root', password: '${s}' });\n`],
  ["src/db.ts", (s) => `const dbPassword: string = "${s}";\n`],
  ["app/settings.py", (s) => `DATABASES = {'default': {'USER': 'app', 'PASSWORD': '${s}'}}\n`],
  ["mail.py", (s) => `smtp_password = "${s}"\n`],
  ["main.go", (s) => `const dbPassword = "${s}"\n`],
  ["Db.java", (s) => `private static final String PASSWORD = "${s}";\n`],
  ["Db.cs", (s) => `var cs = "Server=db;Database=app;User Id=sa;Password=${s};";\n`],
  ["db.rb", (s) => `ActiveRecord.connect(user: 'app', password: '${s}')\n`],
  ["users.sql", (s) => `CREATE USER 'app'@'%' IDENTIFIED BY '${s}';\n`],
  ["users.sql", (s) => `CREATE USER app WITH PASSWORD '${s}';\n`],
  ["app.conf", (s) => `url = postgres://app:${encodeURIComponent(s)}@db.internal:5432/app\n`],
  ["settings.yml", (s) => `mongo: mongodb+srv://root:${encodeURIComponent(s)}@cluster0.mongodb.net/app\n`],
  [".npmrc", (s) => `//npm.acme.io/:_password="${base64(s)}"\n`],
  [".npmrc", (s) => `_auth=${base64(`ci:${s}`)}\n`],
  [".netrc", (s) => `machine git.acme.io login ci password ${s}\n`],
  [".pgpass", (s) => `db.acme.io:5432:app:app:${s}\n`],
  ["deploy.sh", (s) => `curl -u ci:${s} https://nexus.acme.io/upload\n`],
  ["deploy.sh", (s) => `mysqldump -u root -p'${s}' app > dump.sql\n`],
  ["deploy.sh", (s) => `export PGPASSWORD=${s}\n`],
  ["backup.sh", (s) => `sshpass -p '${s}' scp a b\n`],
  ["k8s/secret.yaml", (s) => `apiVersion: v1\nkind: Secret\nstringData:\n  password: ${s}\n`],
  ["k8s/secret.yaml", (s) => `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  password: ${base64(s)}\n`],
  ["group_vars/all.yml", (s) => `ansible_become_pass: ${s}\nmysql_root_password: "${s}"\n`],
  ["gradle.properties", (s) => `signing.keyId=1\nsigning.password=${s}\n`],
  ["build.gradle", (s) => `signingConfigs { release { storePassword "${s}" } }\n`],
  ["web.config", (s) => `<add name="Db" connectionString="Data Source=db;Initial Catalog=app;User ID=sa;Password=${s}" />\n`],
  ["appsettings.json", (s) => `{"ConnectionStrings": {"Default": "Server=db;Uid=app;Pwd=${s};"}}\n`],
  ["application.yml", (s) => `spring:\n  datasource:\n    username: app\n    password: '${s}'\n`],
  [".pypirc", (s) => `[pypi]\nusername = me\npassword = ${s}\n`],
  ["credentials.xml", (s) => `<com.x.Impl><username>ci</username><password>${s}</password></com.x.Impl>\n`],
  [".git-credentials", (s) => `https://ci:${encodeURIComponent(s)}@git.acme.io\n`],
  [".docker/config.json", (s) => `{"auths": {"registry.acme.io": {"auth": "${base64(`ci:${s}`)}"}}}\n`],
  [".my.cnf", (s) => `[client]\nuser=root\npassword="${s}"\n`],
  ["redis.conf", (s) => `port 6379\nrequirepass ${s}\n`],
  ["ldap.yml", (s) => `bind_dn: cn=admin\nbind_password: ${s}\n`],
  ["sftp.json", (s) => `{"host": "x", "username": "u", "pass": "${s}"}\n`],
  ["wpa_supplicant.conf", (s) => `network={\n ssid="home"\n psk="${s}"\n}\n`],
  ["config.exs", (s) => `config :app, App.Repo, username: "postgres", password: "${s}"\n`],
  ["rabbitmq.conf", (s) => `default_user = app\ndefault_pass = ${s}\n`],
  ["filezilla.xml", (s) => `<Server><User>u</User><Pass encoding="base64">${base64(s)}</Pass></Server>\n`],
  ["docs.ps1", (s) => `$pw = ConvertTo-SecureString "${s}" -AsPlainText -Force\n`],
  ["ci.yml", (s) => `env:\n  SONAR_TOKEN: ${s}\n  DEPLOY_PASSWORD: "${s}"\n`],
];

const [rounds = "20", ...folders] = process.argv.slice(2);
const dice = new Dice(4_711);
const scan = scanner();
let found = 0;
for (const [path, write] of forms) {
  let hits = 0;
  for (let round = 0; round < Number(rounds); round++) hits += Number(scan(write(password(dice)), path).length > 0);
  found += hits;
  if (hits < Number(rounds) * 0.9) process.stdout.write(`${path}: ${hits} of ${rounds} (${write("…").trim().split("\n").at(-1)})\n`);
}
process.stdout.write(
  `found ${found} of ${forms.length * Number(rounds)} (${((100 * found) / forms.length / Number(rounds)).toFixed(1)} %)\n`,
);
let files = 0;
let flagged = 0;
for (const folder of folders) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (path.includes(".vitest-cache")) continue;
    if (!entry.isFile() || statSync(path).size > 1_000_000) continue;
    files++;
    const told = scan(readFileSync(path), path.slice(folder.length + 1));
    if (told.length > 0 && ++flagged <= 40) process.stdout.write(`flagged: ${path}:${told[0]?.line} ${told[0]?.id}\n`);
  }
}
if (files > 0) process.stdout.write(`flagged ${flagged} of ${files} innocent files (${((100 * flagged) / files).toFixed(2)} %)\n`);
