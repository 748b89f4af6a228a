/** Files in which people keep passwords. Written for `precision.ts` and `recall.ts` from what such files look like. */

export interface Sample {
  /** Name of the file; `{n}` is a number. */
  readonly path: string;
  readonly lines: (value: string) => readonly string[];
}

/** What a configuration holds besides: neighbours that are no secrets. */
const plain = ["# settings of the service", "host = db.internal", "port = 5432", "timeout = 30"];

export const guilty: readonly Sample[] = [
  { path: "ini/{n}.ini", lines: (p) => ["[database]", "user = app", `password = ${p}`, "host = db1"] },
  { path: "conf/{n}.conf", lines: (p) => [...plain, `db_password=${p}`] },
  { path: "props/application-{n}.properties", lines: (p) => ["spring.datasource.username=app", `spring.datasource.password=${p}`] },
  { path: "spring/application-{n}.yml", lines: (p) => ["spring:", "  datasource:", "    username: app", `    password: ${p}`] },
  { path: "yaml/{n}.yaml", lines: (p) => ["smtp:", "  host: mail.example.org", "  user: robot", `  pass: "${p}"`] },
  { path: "json/{n}.json", lines: (p) => ["{", '  "db": {', '    "user": "app",', `    "password": ${JSON.stringify(p)}`, "  }", "}"] },
  { path: "toml/{n}.toml", lines: (p) => ["[redis]", 'host = "cache"', `password = "${p}"`] },
  { path: "env/{n}/.env", lines: (p) => ["NODE_ENV=production", `DB_PASSWORD=${p}`, "PORT=3000"] },
  { path: "env/{n}/.env.production", lines: (p) => [`MYSQL_ROOT_PASSWORD="${p}"`, `MAIL_HOST=smtp`] },
  {
    path: "compose/{n}/docker-compose.yml",
    lines: (p) => ["services:", "  db:", "    image: postgres:16", "    environment:", `      POSTGRES_PASSWORD: ${p}`],
  },
  { path: "compose/{n}/compose.yaml", lines: (p) => ["services:", "  db:", "    environment:", `      - MYSQL_PASSWORD=${p}`] },
  { path: "docker/{n}/Dockerfile", lines: (p) => ["FROM debian:12", `ENV ADMIN_PASSWORD=${p}`, 'CMD ["run"]'] },
  { path: "docker/{n}/other.Dockerfile", lines: (p) => ["FROM debian:12", `ARG DB_PASS="${p}"`] },
  { path: "tf/{n}/terraform.tfvars", lines: (p) => ['region = "eu-west-1"', `db_password = "${p}"`] },
  { path: "tf/{n}/main.tf", lines: (p) => ['resource "aws_db_instance" "db" {', '  username = "app"', `  password = "${p}"`, "}"] },
  { path: "php/{n}/config.php", lines: (p) => ["<?php", `define('DB_PASSWORD', '${p}');`] },
  { path: "php/{n}/settings.php", lines: (p) => ["<?php", `$config['db']['password'] = '${p}';`] },
  { path: "php/{n}/wp-config.php", lines: (p) => ["<?php", "define( 'DB_NAME', 'wordpress' );", `define( 'DB_PASSWORD', "${p}" );`] },
  { path: "php/{n}/database.php", lines: (p) => ["<?php return [", `  'password' => '${p}',`, "];"] },
  { path: "js/{n}.js", lines: (p) => ["module.exports = {", "  user: 'app',", `  password: '${p}',`, "};"] },
  { path: "ts/{n}.ts", lines: (p) => [`const dbPassword: string = "${p}";`] },
  {
    path: "py/{n}/settings.py",
    lines: (p) => ["DATABASES = {", "    'default': {", "        'USER': 'app',", `        'PASSWORD': '${p}',`, "    }", "}"],
  },
  { path: "py/{n}/config.py", lines: (p) => [`SMTP_PASSWORD = "${p}"`] },
  { path: "go/{n}.go", lines: (p) => ["package main", `const dbPassword = "${p}"`] },
  { path: "java/C{n}.java", lines: (p) => ["class C {", `  private static final String PASSWORD = "${p}";`, "}"] },
  { path: "cs/{n}.cs", lines: (p) => [`var password = "${p}";`] },
  { path: "rb/{n}.rb", lines: (p) => ["production = {", `  password: "${p}",`, "}"] },
  { path: "rb/{n}/database.yml", lines: (p) => ["production:", "  adapter: postgresql", "  username: app", `  password: ${p}`] },
  { path: "sql/{n}.sql", lines: (p) => [`CREATE USER app WITH PASSWORD '${p.replaceAll("'", "")}';`] },
  { path: "sql/{n}-my.sql", lines: (p) => [`CREATE USER 'app'@'%' IDENTIFIED BY '${p.replaceAll("'", "")}';`] },
  { path: "uri/{n}.yml", lines: (p) => [`database_url: postgres://app:${encodeURIComponent(p)}@db.internal:5432/app`] },
  { path: "uri/{n}/.env", lines: (p) => [`REDIS_URL=redis://:${encodeURIComponent(p)}@cache.internal:6379/0`] },
  { path: "uri/{n}.json", lines: (p) => [`{"mongo": "mongodb+srv://app:${encodeURIComponent(p)}@cluster0.abcde.mongodb.net/app"}`] },
  {
    path: "net/{n}/appsettings.json",
    lines: (p) => [
      "{",
      `  "ConnectionStrings": { "Main": "Server=db1;Database=app;User Id=app;Password=${p.replaceAll(/[;"\\]/g, "")};" }`,
      "}",
    ],
  },
  {
    path: "net/{n}/web.config",
    lines: (p) => [
      "<configuration>",
      `  <add name="Main" connectionString="Data Source=db1;User ID=app;Password=${p.replaceAll(/[;"&<>]/g, "")}" />`,
      "</configuration>",
    ],
  },
  {
    path: "xml/{n}.xml",
    lines: (p) => [
      "<server>",
      "  <id>central</id>",
      "  <username>deploy</username>",
      `  <password>${p.replaceAll(/[&<>]/g, "")}</password>`,
      "</server>",
    ],
  },
  { path: "xml/{n}-attr.xml", lines: (p) => [`<user username="admin" password="${p.replaceAll(/[&<>"]/g, "")}" roles="manager"/>`] },
  { path: "netrc/{n}/.netrc", lines: (p) => [`machine git.example.org login deploy password ${p}`] },
  { path: "pgpass/{n}/.pgpass", lines: (p) => [`db.internal:5432:app:app:${p.replaceAll(/[:\\]/g, "")}`] },
  { path: "pypirc/{n}/.pypirc", lines: (p) => ["[pypi]", "username = deploy", `password = ${p}`] },
  { path: "git/{n}/.git-credentials", lines: (p) => [`https://deploy:${encodeURIComponent(p)}@git.example.org`] },
  { path: "sh/{n}.sh", lines: (p) => ["#!/bin/sh", `export PGPASSWORD='${p.replaceAll("'", "")}'`] },
  { path: "sh/{n}-curl.sh", lines: (p) => ["#!/bin/sh", `curl -u "admin:${p.replaceAll(/["$`\\]/g, "")}" https://api.example.org/v1`] },
  { path: "sh/{n}-mysql.sh", lines: (p) => ["#!/bin/sh", `mysql -u root -p'${p.replaceAll("'", "")}' app < dump.sql`] },
  { path: "k8s/{n}.yaml", lines: (p) => ["apiVersion: v1", "kind: Secret", "metadata: { name: db }", "stringData:", `  password: ${p}`] },
  {
    path: "k8s/{n}-data.yaml",
    lines: (p) => ["apiVersion: v1", "kind: Secret", "metadata: { name: db }", "data:", `  password: ${Buffer.from(p).toString("base64")}`],
  },
  { path: "ansible/{n}.yml", lines: (p) => ["- hosts: all", "  vars:", `    ansible_become_password: ${p}`] },
  { path: "ansible/{n}/hosts", lines: (p) => [`web1 ansible_host=10.0.0.1 ansible_user=root ansible_ssh_pass=${p}`] },
  { path: "gradle/{n}/gradle.properties", lines: (p) => [`signingKeyPassword=${p}`, `nexusUser=deploy`] },
  {
    path: "gradle/{n}/build.gradle",
    lines: (p) => ["credentials {", '  username "deploy"', `  password "${p.replaceAll(/["$\\]/g, "")}"`, "}"],
  },
  { path: "jenkins/{n}.groovy", lines: (p) => [`def adminPassword = '${p.replaceAll("'", "")}'`] },
  { path: "jdbc/{n}.properties", lines: (p) => [`url=jdbc:mysql://db1/app?user=app&password=${encodeURIComponent(p)}`] },
  { path: "ldap/{n}.conf", lines: (p) => ["binddn cn=admin,dc=example,dc=org", `bindpw ${p}`] },
  { path: "redis/{n}/redis.conf", lines: (p) => ["bind 127.0.0.1", `requirepass ${p}`] },
  { path: "wpa/{n}/wpa_supplicant.conf", lines: (p) => ["network={", '  ssid="home"', `  psk="${p.replaceAll('"', "")}"`, "}"] },
  { path: "ps/{n}.ps1", lines: (p) => [`$password = ConvertTo-SecureString "${p.replaceAll(/["$`]/g, "")}" -AsPlainText -Force`] },
  { path: "bat/{n}.bat", lines: (p) => [`set DB_PASSWORD=${p.replaceAll(/[%^&|<>]/g, "")}`] },
  { path: "swift/{n}.swift", lines: (p) => [`let apiPassword = "${p}"`] },
  { path: "kt/{n}.kt", lines: (p) => [`val dbPassword = "${p.replaceAll("$", "")}"`] },
  { path: "rs/{n}.rs", lines: (p) => [`const DB_PASSWORD: &str = "${p}";`] },
  { path: "ex/{n}.exs", lines: (p) => ["config :app, App.Repo,", '  username: "app",', `  password: "${p.replaceAll("#", "")}"`] },
  { path: "htpasswd/{n}/.htpasswd", lines: (p) => [`admin:{SHA}${Buffer.from(p.padEnd(20, "x").slice(0, 20)).toString("base64")}`] },
];

/** Forms that were added after the figures of the README were taken; `recall.ts` counts them too. */
export const furtherGuilty: readonly Sample[] = [
  { path: "toml/{n}/settings.toml", lines: (p) => ["[smtp]", 'user = "mailer"', `password = "${p}"`] },
  { path: "docker/{n}/Dockerfile", lines: (p) => ["FROM alpine", `ENV REDIS_PASSWORD ${p}`] },
  { path: "npm/{n}/.npmrc", lines: (p) => [`//npm.acme.io/:_password="${base64(p)}"`] },
  { path: "npm/{n}/auth/.npmrc", lines: (p) => [`_auth=${base64(`ci:${p}`)}`] },
  { path: "docker/{n}/.docker/config.json", lines: (p) => [`{"auths": {"registry.acme.io": {"auth": "${base64(`ci:${p}`)}"}}}`] },
  { path: "my/{n}/.my.cnf", lines: (p) => ["[client]", "user=root", `password="${p}"`] },
  { path: "sh/{n}-dump.sh", lines: (p) => [`mysqldump -u root -p'${p}' app > dump.sql`] },
  { path: "sh/{n}-copy.sh", lines: (p) => [`sshpass -p '${p}' scp a b`] },
  { path: "gradle/{n}/sign/build.gradle", lines: (p) => [`signingConfigs { release { storePassword "${p}" } }`] },
  { path: "net/{n}-pwd/appsettings.json", lines: (p) => [`{"ConnectionStrings": {"Default": "Server=db;Uid=app;Pwd=${p};"}}`] },
  { path: "xml/{n}/credentials.xml", lines: (p) => [`<com.x.Impl><username>ci</username><password>${p}</password></com.x.Impl>`] },
  { path: "ldap/{n}.yml", lines: (p) => ["bind_dn: cn=admin", `bind_password: ${p}`] },
  { path: "json/{n}/sftp.json", lines: (p) => [`{"host": "x", "username": "u", "pass": "${p}"}`] },
  { path: "rabbit/{n}/rabbitmq.conf", lines: (p) => ["default_user = app", `default_pass = ${p}`] },
  { path: "xml/{n}/filezilla.xml", lines: (p) => [`<Server><User>u</User><Pass encoding="base64">${base64(p)}</Pass></Server>`] },
  { path: "ci/{n}/ci.yml", lines: (p) => ["env:", `  SONAR_TOKEN: ${p}`, `  DEPLOY_PASSWORD: "${p}"`] },
];

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
