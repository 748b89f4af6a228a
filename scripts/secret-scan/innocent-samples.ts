import type { Sample } from "./guilty-samples.ts";

/** Files that look as if they held secrets. Written for `precision.ts` from what such files look like. */
export const innocent: readonly Sample[] = [
  { path: "in/{n}.env.example", lines: () => ["DB_PASSWORD=changeme", "API_KEY=your-api-key-here", "SECRET_TOKEN=xxxxxxxxxxxxxxxx"] },
  {
    path: "in/{n}.js",
    lines: () => ["const password = process.env.DB_PASSWORD;", "const token = config.get('token');", "login(user, password);"],
  },
  {
    path: "in/{n}.py",
    lines: () => ['password = os.environ["DB_PASSWORD"]', "token = request.headers.get('Authorization')", "self.password = password"],
  },
  {
    path: "in/{n}.yml",
    lines: () => [
      `password: ${filled("DB_PASSWORD")}`,
      "token: {{ .Values.token }}",
      "api_key: !vault |",
      `secret: ${filled("{ secrets.DEPLOY }")}`,
    ],
  },
  {
    path: "in/{n}.tf",
    lines: () => [
      "password = var.db_password",
      'token = data.vault_generic_secret.app.data["token"]',
      `password = "${filled("random_password.db.result")}"`,
    ],
  },
  {
    path: "in/{n}-de.json",
    lines: () => [
      '{ "password": "Passwort", "password.hint": "Mindestens zwölf Zeichen", "token": "Zugangstoken", "secret": "Geheimnis" }',
    ],
  },
  {
    path: "in/{n}-fr.json",
    lines: () => ['{ "forgotPassword": "Mot de passe oublié ?", "resetPassword": "Réinitialiser", "newPassword": "Nouveau mot de passe" }'],
  },
  {
    path: "in/{n}.html",
    lines: () => [
      '<input type="password" name="password" placeholder="Password" id="login-password">',
      '<label for="password">Your password</label>',
    ],
  },
  {
    path: "in/{n}/package-lock.json",
    lines: (v) => [
      '{ "packages": { "node_modules/a": { "version": "1.0.0",',
      `"integrity": "sha512-${Buffer.from(v.repeat(10)).toString("base64").slice(0, 86)}==" } } }`,
    ],
  },
  {
    path: "in/{n}/yarn.lock",
    lines: (v) => ["a@^1.0.0:", '  version "1.0.0"', `  resolved "https://registry.yarnpkg.com/a/-/a-1.0.0.tgz#${hex(v, 40)}"`],
  },
  { path: "in/{n}/go.sum", lines: (v) => [`github.com/a/b v1.0.0 h1:${Buffer.from(v.repeat(5)).toString("base64").slice(0, 43)}=`] },
  { path: "in/{n}/requirements.txt", lines: (v) => [`requests==2.32.0 --hash=sha256:${hex(v, 64)}`] },
  { path: "in/{n}.svg", lines: (v) => [`<svg><path d="M${v.length}.5 12.25c-.4 0-.7.3-1 1.2l-3 4.5zM12 5.25h4v8.4"/></svg>`] },
  { path: "in/{n}.css", lines: (v) => [`.a { background: url(data:image/png;base64,${Buffer.from(v.repeat(30)).toString("base64")}) }`] },
  {
    path: "in/{n}.md",
    lines: () => [
      "Set `password: hunter2` in the configuration.",
      "Example: `export TOKEN=<your token>`",
      "`Authorization: Bearer <token>`",
    ],
  },
  {
    path: "in/{n}.go",
    lines: () => [
      "func (c *Client) SetPassword(password string) { c.password = password }",
      'flag.StringVar(&token, "token", "", "access token")',
    ],
  },
  {
    path: "in/{n}.java",
    lines: () => [
      `@Value("${filled("app.password")}") private String password;`,
      'String tokenType = "Bearer";',
      "passwordEncoder.encode(rawPassword)",
    ],
  },
  {
    path: "in/{n}.test.js",
    lines: () => ["await login({ username: 'test', password: 'password' });", "expect(form.password).toBe('secret');"],
  },
  { path: "in/{n}.proto", lines: () => ["message Login { string user = 1; string password = 2; string access_token = 3; }"] },
  {
    path: "in/{n}.sql",
    lines: () => [
      "CREATE TABLE users (id int, password_hash varchar(255), reset_token text);",
      "UPDATE users SET password = :password WHERE id = :id;",
    ],
  },
  { path: "in/{n}.graphql", lines: () => ["input Login { password: String!, token: ID, secretQuestion: String }"] },
  {
    path: "in/{n}.ts",
    lines: () => [
      "interface Options { password?: string; apiKey: string | undefined; secretName: keyof Secrets }",
      'const SECRET_NAME = "projects/app/secrets/db-password";',
    ],
  },
  {
    path: "in/{n}.min.js",
    lines: (v) => [
      `!function(e,t){var n={password:e.password,token:t.token,key:"${v.slice(0, 4)}"};return n.apiKey=e.apiKey||"",n}(window,{});`,
    ],
  },
  { path: "in/{n}.csv", lines: (v) => ["id,name,uuid", `1,${v.slice(0, 6)},${uuid(v)}`, `2,b,${uuid(`${v}b`)}`] },
  {
    path: "in/{n}.log",
    lines: (v) => [
      `2026-01-02 12:00:00 INFO request id=${uuid(v)} commit=${hex(v, 40)} took 12 ms`,
      "WARN password authentication failed for user app",
    ],
  },
  {
    path: "in/{n}.rb",
    lines: () => [
      "has_secure_password",
      "validates :password, length: { minimum: 12 }",
      "token = SecureRandom.hex(32)",
      "params.require(:user).permit(:password)",
    ],
  },
  {
    path: "in/{n}.sh",
    lines: () => [
      "read -rs PASSWORD",
      "TOKEN=$(vault read -field=token secret/app)",
      'curl -H "Authorization: Bearer $TOKEN" "$URL"',
      'mysql -p"$PASSWORD" app',
    ],
  },
  {
    path: "in/{n}.cs",
    lines: () => [
      "public string Password { get; set; }",
      'var token = await GetTokenAsync("https://login.example.org");',
      "var passwordPolicy = new PasswordPolicy(12);",
    ],
  },
  {
    path: "in/{n}/Dockerfile",
    lines: () => ["ARG DB_PASSWORD", "ENV TOKEN_FILE=/run/secrets/token", "RUN --mount=type=secret,id=token cat /run/secrets/token"],
  },
  {
    path: "in/{n}/compose.yaml",
    lines: () => [
      "environment:",
      "  POSTGRES_PASSWORD_FILE: /run/secrets/db_password",
      `  POSTGRES_PASSWORD: ${filled("POSTGRES_PASSWORD:?is not set")}`,
      "  KEYCLOAK_ADMIN_PASSWORD: admin",
    ],
  },
  {
    path: "in/{n}.ini",
    lines: () => [
      "; password = secret",
      "password_file = /etc/app/password",
      "token_endpoint = https://login.example.org/oauth/token",
      "key_size = 2048",
    ],
  },
  {
    path: "in/{n}.c",
    lines: () => ['static const char *password_prompt = "Enter password: ";', "int token_length = strlen(token);", "#define KEY_LENGTH 32"],
  },
  { path: "in/{n}.tex", lines: () => ["The password: it must be kept secret. Token: a unit of text. Key=value pairs follow."] },
  {
    path: "in/{n}.ipynb",
    lines: (v) => [`{"cells": [{"outputs": [{"data": {"image/png": "${Buffer.from(v.repeat(60)).toString("base64")}"}}]}]}`],
  },
  {
    path: "in/{n}.pem",
    lines: (v) => ["-----BEGIN CERTIFICATE-----", Buffer.from(v.repeat(12)).toString("base64").slice(0, 64), "-----END CERTIFICATE-----"],
  },
  {
    path: "in/{n}.pub",
    lines: (v) => [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${Buffer.from(v.repeat(5)).toString("base64").slice(0, 43)} me@laptop`],
  },
  {
    path: "in/{n}.swift",
    lines: () => [
      "let passwordField = UITextField()",
      'passwordField.placeholder = "Password"',
      'keychain.set(token, forKey: "accessToken")',
    ],
  },
  { path: "in/{n}.vue", lines: () => ['<v-text-field v-model="password" :type="show ? \'text\' : \'password\'" label="Password" />'] },
  {
    path: "in/{n}/swagger.json",
    lines: () => [
      '{ "securityDefinitions": { "token": { "type": "apiKey", "name": "X-Auth-Token", "in": "header" } }, "password": { "type": "string", "format": "password" } }',
    ],
  },
  { path: "in/{n}.rst", lines: () => [".. option:: --password=PASSWORD", "", "   The password of the user. Default: ``None``"] },
];

/** What a program fills in later: `${name}`. */
function filled(name: string): string {
  return ["$", "{", name, "}"].join("");
}

function hex(text: string, length: number): string {
  return Buffer.from(text.repeat(length)).toString("hex").slice(0, length);
}

function uuid(text: string): string {
  const digits = hex(text, 32);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
}
