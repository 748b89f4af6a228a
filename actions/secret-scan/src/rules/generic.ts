import type { Rule, SpecialName } from "../model.ts";
import { shaped } from "./declare.ts";

const rotate = "https://owasp.org/www-community/vulnerabilities/Use_of_hard-coded_password";

function special(id: string, title: string, name: SpecialName, keywords: readonly string[], level: Rule["level"], why: string): Rule {
  return { id, title, why, revoke: rotate, level, keywords, generic: true, finder: { kind: "special", name } };
}

const names = [
  "pass",
  "pwd",
  "secret",
  "token",
  "apikey",
  "api_key",
  "api-key",
  "access_key",
  "accesskey",
  "access-key",
  "credential",
  "private_key",
  "privatekey",
  "private-key",
  "auth",
  "encryption_key",
  "encryptionkey",
  "signing_key",
  "signingkey",
  "master_key",
  "masterkey",
  "_key",
  "salt",
  "passphrase",
  "license_key",
  "licensekey",
  "kennwort",
  "passwort",
  "contrasena",
  "senha",
  "motdepasse",
];

/** What has no vendor: keys in files, passwords in URLs, values that are assigned to telling names. */
export const generic: readonly Rule[] = [
  {
    ...special(
      "private-key",
      "Private key",
      "private-key",
      ["-----begin", "putty-user-key-file"],
      "critical",
      "Whoever has it can act as its owner.",
    ),
    generic: false,
  },
  {
    ...shaped(
      "jwt",
      "JSON Web Token",
      ["eyj"],
      "eyJ[\\w-]{14,2000}\\.eyJ[\\w-]{14,4000}\\.[\\w-]{10,1000}",
      "https://datatracker.ietf.org/doc/html/rfc8725",
      { check: "jwt", level: "medium", why: "Whoever has it is taken for its subject until it expires." },
    ),
  },
  {
    ...shaped(
      "jwt-base64",
      "JSON Web Token in base64",
      ["zxlk", "zxlko"],
      "ZXlK[\\w+/=-]{60,6000}",
      "https://datatracker.ietf.org/doc/html/rfc8725",
      { level: "medium", entropy: 4 },
    ),
    generic: true,
  },
  {
    ...shaped(
      "discord-bot-token",
      "Discord bot token",
      ["token", "discord", "bot"],
      "(?i:token|discord|bot)[\\w \\t.'\"\\[\\]-]{0,30}?[=:(, ][ \\t=>'\"(]{0,6}([MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,38})",
      "https://discord.com/developers/applications",
      { check: "numeric-base64" },
    ),
    generic: false,
  },
  special("url-password", "Password in a URL", "url-password", ["://"], "high", "Whoever has it can log in to that server."),
  special(
    "http-credentials",
    "Credentials in an HTTP header",
    "header",
    ["authorization", "x-api-key", "bearer ", "basic "],
    "high",
    "Whoever has it can send requests in your name.",
  ),
  special(
    "command-line-password",
    "Password on a command line",
    "command-line",
    ["curl", "sshpass", "mysql", "psql", "docker login", "--password", "--pass", "wget", "net use", "htpasswd -", "redis-cli"],
    "high",
    "Whoever has it can log in to that server.",
  ),
  special(
    "password-hash",
    "Password hash",
    "htpasswd",
    ["$apr1$", "$2y$", "$2a$", "$2b$", "{sha}", "{ssha}", "$1$", "$5$", "$6$", "$y$"],
    "medium",
    "Weak passwords can be found from it by trying.",
  ),
  special("pgpass", "Password in .pgpass", "pgpass", [":"], "high", "Whoever has it can log in to that database."),
  special("netrc", "Password in .netrc", "netrc", ["machine", "default login"], "high", "Whoever has it can log in to that server."),
  special(
    "generic-secret",
    "Password, key or token in an assignment",
    "assignment",
    names,
    "high",
    "Whoever has it can get in where it is used.",
  ),
];
