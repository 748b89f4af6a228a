import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { catalogue } from "../../../actions/secret-scan/src/rules/catalogue.ts";
import { scanner } from "./arrange.ts";
import { tar, zip } from "./packing.ts";
import { Dice, sampleOf } from "./samples.ts";

const scan = scanner();
const dice = new Dice(20_261_121);

function fresh(id: string): string {
  const rule = catalogue.find((one) => one.id === id);
  if (rule === undefined) throw new Error(id);
  return sampleOf(rule, dice) ?? "";
}

const pat = fresh("github-pat");
const ids = (text: string | Uint8Array, path?: string): string[] => scan(text, path).map(({ id }) => id);

describe("checksums", () => {
  it("a token whose checksum is wrong was issued by nobody", () => {
    expect(ids(`x = "${pat}"`)).toEqual(["github-pat"]);
    const last = pat.at(-1) === "a" ? "b" : "a";
    expect(ids(`x = "${pat.slice(0, -1)}${last}"`)).toEqual([]);
    expect(ids(`GITHUB_TOKEN=${pat.slice(0, -1)}${last}\npassword: ${pat.slice(0, -1)}${last}\n`, ".env")).toEqual([]);
    const npm = fresh("npm-access-token");
    expect(ids(npm)).toEqual(["npm-access-token"]);
    expect(ids(npm.replace(/.$/, (end) => (end === "z" ? "y" : "z")))).toEqual([]);
  });
});

describe("places", () => {
  it("are 1-based, end exclusively and count UTF-16 units", () => {
    const [told] = scan(`one\n\u{1f511}é "${pat}"\n`);
    expect(told).toMatchObject({ line: 2, column: 6, endLine: 2, endColumn: 6 + pat.length, secret: pat });
  });

  it("of a key of several lines are its first and its last", () => {
    const body = Array.from({ length: 12 }, () => dice.text("ABCDEFGHabcdefgh0123456789+/", 64)).join("\n");
    const [told] = scan(`\n-----BEGIN RSA ${"PRIVATE"} KEY-----\n${body}\n-----END RSA ${"PRIVATE"} KEY-----\n`, "id_rsa");
    expect(told).toMatchObject({ id: "private-key", line: 2, column: 1, endLine: 15 });
  });
});

describe("encodings", () => {
  const text = `key = "${pat}"\n`.repeat(3);
  const utf16 = Buffer.from(text, "utf16le");
  const swapped = Buffer.from(utf16).swap16();
  const utf32 = Buffer.concat([...text].map((letter) => Buffer.from([letter.charCodeAt(0), 0, 0, 0])));
  it.each<[string, Uint8Array]>([
    ["UTF-16LE with a mark", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])],
    ["UTF-16LE without", utf16],
    ["UTF-16BE with a mark", Buffer.concat([Buffer.from([0xfe, 0xff]), swapped])],
    ["UTF-16BE without", swapped],
    ["UTF-32LE", utf32],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`)],
    ["CRLF", Buffer.from(text.replaceAll("\n", "\r\n"))],
    ["behind %PDF-", Buffer.from(`%PDF-1.7\n${text}`)],
    ["in a binary file", Buffer.concat([Buffer.from([0, 1, 2, 3, 0, 0, 255]), Buffer.from(text), Buffer.from([0, 0])])],
  ])("%s", (_, bytes) => {
    expect(scan(bytes).map(({ secret }) => secret)).toContain(pat);
  });

  it("the line is that of the decoded text", () => {
    expect(scan(Buffer.from(`a\nb\n${pat}\n`, "utf16le"))[0]).toMatchObject({ line: 3, column: 1 });
  });
});

describe("layers", () => {
  const twice = Buffer.from(Buffer.from(`token: ${pat}`).toString("base64")).toString("base64");
  it.each<[string, string]>([
    ["base64", Buffer.from(`token: ${pat}`).toString("base64")],
    ["base64 in base64", twice],
    ["url-safe base64", Buffer.from(`token???>>>: ${pat}`).toString("base64url")],
    ["hexadecimal", Buffer.from(pat).toString("hex")],
    ["percent", Array.from(pat, (letter) => `%${letter.charCodeAt(0).toString(16)}`).join("")],
    ["percent in part", pat.replace("_", "%5F")],
    ["unicode escapes", Array.from(pat, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join("")],
    ["hexadecimal escapes", Array.from(pat, (letter) => `\\x${letter.charCodeAt(0).toString(16)}`).join("")],
  ])("%s", (_, text) => {
    const told = scan(`value: "${text}"\n`, "a.yml");
    expect(told.map(({ secret }) => secret)).toContain(pat);
    expect(told.find(({ secret }) => secret === pat)).toMatchObject({ line: 1 });
  });

  it.each([
    ["", 64, "\n"],
    ["  ", 76, "\n"],
    ["\t", 64, "\r\n"],
  ])("base64 that is wrapped, behind %j at %i", (indent, width, lineBreak) => {
    for (let before = 30; before < 90; before++) {
      const encoded = Buffer.from(`${"some text ".repeat(20).slice(0, before)} ${pat} and more`).toString("base64");
      const lines = encoded.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
      const text = `data: |${lineBreak}${lines.map((each) => indent + each).join(lineBreak)}${lineBreak}other: x${lineBreak}`;
      expect(
        scan(text, "a.yml").map(({ id, line }) => [id, line]),
        text,
      ).toEqual([["github-pat", 2]]);
    }
  });

  it.each(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"])("marks that nobody sees hide nothing: %j", (mark) => {
    const value = "Kx7qPz9mWv2t";
    for (const text of [
      `password${mark} = "${value}"`,
      `pass${mark}word = "${value}"`,
      `password = ${mark}"${value}"`,
      `password = "Kx7${mark}qPz9mWv2t"`,
    ])
      expect(
        scan(`x\n${text}\n`, "src/a.py").map(({ secret, line }) => [secret.replaceAll(mark, ""), line]),
        text,
      ).toContainEqual([value, 2]);
  });

  it("are not looked into at depth 0", () => {
    const shallow = scanner(catalogue, { decodeDepth: 0 });
    expect(shallow(`value: "${Buffer.from(`token: ${pat}`).toString("base64")}"`, "a.ts").filter(({ secret }) => secret === pat)).toEqual(
      [],
    );
  });

  it("a megabyte of nested base64 ends in time", () => {
    let text = dice.text("abcdefgh ", 200_000);
    for (let depth = 0; depth < 4; depth++) text = Buffer.from(text).toString("base64");
    expect(scan(text)).toEqual([]);
  });
});

describe("a token that nobody issued", () => {
  it.each(["github-pat", "npm-access-token"])("%s: is not told under a general name either", (id) => {
    const token = fresh(id);
    const wrong = `${token.slice(0, -1)}${token.at(-1) === "a" ? "b" : "a"}`;
    expect(ids(`api_token = "${token}"`)).toEqual([id]);
    expect(ids(`api_token = "${wrong}"`)).toEqual([]);
    expect(ids(`AUTH_TOKEN=${wrong}\n`, ".env")).toEqual([]);
    expect(ids(`Authorization: Bearer ${wrong}\n`, "x.http")).toEqual([]);
  });
});

describe("archives", () => {
  const files = { "src/a.env": `TOKEN=${pat}\n` };
  it.each<[string, Uint8Array, string]>([
    ["zip", zip(files), "src/a.env"],
    ["tar", tar(files), "src/a.env"],
    ["tar.gz", gzipSync(tar(files)), "x.tar!src/a.env"],
    ["zip in tar.gz", gzipSync(tar({ "in.zip": zip(files) })), "x.tar!in.zip!src/a.env"],
  ])("%s", (_, bytes, member) => {
    expect(scan(bytes, "x.tar.gz").map((told) => [told.secret, told.member])).toContainEqual([pat, member]);
  });

  it("a packed tar is one layer", () => {
    const shallow = scanner(catalogue, { archiveDepth: 2 });
    expect(shallow(gzipSync(tar({ "x/i.zip": zip({ "d.txt": pat }) })), "a.tgz").map(({ id }) => id)).toEqual(["github-pat"]);
  });
  it("a bomb is not unpacked, and said so", () => {
    const bomb = gzipSync(Buffer.alloc(300 * 2 ** 20));
    expect(scan(bomb, "bomb.gz")).toEqual([]);
  });
});

describe("comments that let a line pass", () => {
  it.each([
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "pragma: allowlist secret",
    "secretlint-disable-line",
    "forge:allow-secret",
  ])("%s", (comment) => {
    expect(scan(`a\nx = "${pat}" # ${comment}\n`)[0]).toMatchObject({ inline: true });
    expect(scan(`a # ${comment}\nx = "${pat}"\n`)[0]).toMatchObject({ inline: false });
  });
  it.each(["pragma: allowlist nextline secret", "secretlint-disable-next-line"])("%s", (comment) => {
    expect(scan(`# ${comment}\nx = "${pat}"\n`)[0]).toMatchObject({ inline: true });
    expect(scan(`x = "${pat}" # ${comment}\n`)[0]).toMatchObject({ inline: false });
  });
});

describe("what is no secret", () => {
  it.each<[path: string, text: string]>([
    ["a.js", "const password = getPassword();"],
    ["a.py", "password = os.environ['PASSWORD']"],
    ["x.yml", `password: \${{ secrets.DB_PASSWORD }}\ntoken: {{ token }}`],
    [".env.example", "DB_PASSWORD=changeme\nAPI_KEY=your_api_key_here\nSECRET=\n"],
    ["x.tf", "password = var.db_password"],
    ["README.md", "Set `password: hunter2` or API_KEY=abc123"],
    ["en.json", '{"password":"Password","forgot_password":"Forgot password?","token_expired":"Token expired"}'],
    ["a.html", '<input type="password" name="password" value="">'],
    ["a.js", "const tokenKey = 'access_token'; const nextPageToken = 'CAUQAA1234567890abcdEFGH';"],
    ["a.sql", "password VARCHAR(255) NOT NULL"],
    ["k8s.yml", "secretKeyRef:\n  name: db-secret\n  key: password"],
    ["x.sh", 'PASSWORD="$1"\nread -s PASSWORD\ncurl -u "$USER:$PASS" https://x.example'],
    ["package-lock.json", '"integrity": "sha512-gFPT9mwHmtWY8G7IeUG4IQ8gYqWBXHhPB3fkZJkIdPbqzbRZbpJVpWPpbqSJTFQjrqxsrEDUf9iBkWJbw=="'],
    ["a.js", "auth: 'required', passWithNoTests: true, compass: 'north-east-1'"],
    ["a.md", `AWS_ACCESS_KEY_ID=AKIA${"IOSFODNN7"}EXAMPLE`],
    ["a.go", `url := "postgres://user:password@localhost:5432/db"`],
  ])("%s: %s", (path, text) => {
    expect(scan(text, path)).toEqual([]);
  });
});

describe("passwords in configuration files", () => {
  const passwords = ["Summer2024!", "kT9$mPq2", "s3cr3tP4ss", "dragonfly"];
  it.each<[path: string, text: (password: string) => string]>([
    [".env", (p) => `DB_PASSWORD=${p}\n`],
    ["config/database.yml", (p) => `production:\n  password: ${p}\n`],
    ["application.properties", (p) => `spring.datasource.password=${p}\n`],
    ["wp-config.php", (p) => `define('DB_PASSWORD', '${p}');\n`],
    ["web.config", (p) => `<add key="SmtpPassword" value="${p}" />\n`],
    ["settings.xml", (p) => `<server><password>${p}</password></server>\n`],
    ["config.json", (p) => `{"db": {"user": "app", "password": "${p}"}}\n`],
    ["main.tf", (p) => `password = "${p}"\n`],
    [".pgpass", (p) => `db.prod:5432:app:appuser:${p}\n`],
    [".netrc", (p) => `machine api.x.io\nlogin bob\npassword ${p}\n`],
    ["redis.conf", (p) => `requirepass ${p}\n`],
    ["init.sql", (p) => `CREATE USER 'app' IDENTIFIED BY '${p}';\n`],
    ["b.cs", (p) => `var c = "Server=a;Uid=b;Pwd=${p};";\n`],
    ["c.yml", (p) => `url: mongodb://app:${encodeURIComponent(p)}@db1.prod:27017/x\n`],
  ])("%s", (path, text) => {
    for (const password of passwords) expect(scan(text(password), path), text(password)).not.toEqual([]);
  });
});
