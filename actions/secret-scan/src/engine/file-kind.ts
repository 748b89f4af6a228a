/** What a path says about how values stand in a file. */
export interface FileKind {
  /** `config`: values stand without quotes. `code`: only literals count. `docs`: examples. `lock`: hashes. */
  readonly kind: "config" | "code" | "docs" | "lock" | "other";
  readonly test: boolean;
  /** A program whose purpose is configuration: quoted values in it are configured ones. */
  readonly settings: boolean;
}

const configExtensions = new Set(
  "env ini cfg conf config cnf properties props yaml yml toml tf tfvars hcl xml json json5 jsonc plist netrc npmrc pypirc pgpass htpasswd my.cnf service desktop inf reg ovpn rdp ppk dist local secrets secret credentials creds kdl nix hiera eyaml j2 tpl erb tmpl ldif remmina filezilla ftpconfig s3cfg boto dockercfg gradle sql dump mk sh bash zsh fish ksh ps1 psm1 bat cmd envrc dockerfile robomongo properties.template".split(
    " ",
  ),
);
const codeExtensions = new Set(
  "js mjs cjs jsx ts mts cts tsx vue svelte py pyi rb go rs java kt kts scala groovy cs fs vb c h cc cpp cxx hpp hh m mm swift php phtml pl pm lua r jl dart ex exs erl hrl clj cljs hs elm ml mli coffee sol asm s zig nim cr ipynb html htm xhtml jsp asp aspx cshtml ejs hbs pug twig css scss less graphql gql proto thrift cmake wat".split(
    " ",
  ),
);
const docExtensions = new Set(
  "md mdx markdown rst adoc asciidoc txt text tex org pod rdoc textile 1 3 5 8 man po pot xlf xliff srt csv tsv log out".split(" "),
);
const locks =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.ya?ml|bun\.lockb?|go\.(?:sum|mod)|cargo\.lock|poetry\.lock|pdm\.lock|uv\.lock|pipfile\.lock|composer\.lock|gemfile\.lock|podfile\.lock|pubspec\.lock|mix\.lock|flake\.lock|deno\.lock|gradle\.lockfile|packages\.lock\.json|\.terraform\.lock\.hcl|shrinkwrap\.ya?ml|chart\.lock|\.(?:gitleaks|betterleaks)ignore|\.forge-secrets-ignore|[^/]*\.map|[^/]*\.snap|[^/]*\.svg|[^/]*\.min\.(?:js|css)|[^/]*\.(?:sha\d+|md5|asc|sig|crt|cer|pub))$/;
const configNames =
  /(?:^|\/)(?:\.env[^/]*|[^/]*\.env|\.netrc|_netrc|\.npmrc|\.pypirc|\.pgpass|\.my\.cnf|\.htpasswd|htpasswd|passwd|shadow|credentials|config|\.s3cfg|\.dockercfg|dockerfile[^/]*|containerfile|jenkinsfile|vagrantfile|procfile|makefile|\.bashrc|\.bash_profile|\.profile|\.zshrc|\.bash_history|\.zsh_history|\.git-credentials|\.gitconfig|\.esmtprc|\.msmtprc|\.fetchmailrc|\.remote-sync\.json|sftp-config\.json|hosts|secrets?|passwords?)$/;
const tests =
  /(?:^|\/)(?:tests?|__tests__|specs?|testing|testdata|test[-_]data|fixtures?|mocks?|__mocks__|examples?|samples?|demos?|e2e|benchmarks?)\/|[._-](?:test|spec|mock|example|sample)s?\.|(?:^|\/)test_[^/]*$|_test\.[a-z]+$/;
const settingNames =
  /(?:^|\/)(?:wp-config|(?:local_?)?settings|config(?:uration)?|database|parameters|credentials|secrets?)[^/]*\.(?:py|php|rb)$/;
const translations =
  /(?:^|\/)(?:i18n|l10n|locales?|langs?|languages?|translations?)\/|(?:^|\/)(?:messages|strings)[^/]*\.(?:json|properties|ya?ml|xml)$|(?:^|[/_.-])(?:ar|bg|ca|cs|da|de|el|en|es|et|fa|fi|fr|he|hi|hr|hu|id|it|ja|ko|lt|lv|nb|nl|nn|pl|pt|ro|ru|sk|sl|sr|sv|th|tr|uk|vi|zh)(?:[-_](?:[a-z]{2}|[a-z]{4}|\d{3}))?\.(?:json5?|properties|ya?ml|arb|resx|strings|php)$/;
/** What stands there with another ending is an example too. */
const docFolders = /(?:^|\/)(?:docs?|documentation|javadoc)\//;
const docNames = /(?:^|\/)(?:readme|changelog|changes|history|licen[cs]e|copying|authors|contributing|news|security)(?:\.[a-z]+)?$/;

const known = new Map<string, FileKind>();

export function fileKindOf(path: string): FileKind {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf("/") + 1);
  const cached = known.get(lower);
  if (cached !== undefined) return cached;
  const kind = { kind: kindOf(lower, name), test: tests.test(lower), settings: settingNames.test(lower) && !tests.test(lower) };
  if (known.size > 5_000) known.clear();
  known.set(lower, kind);
  return kind;
}

function kindOf(path: string, name: string): FileKind["kind"] {
  if (locks.test(path)) return "lock";
  if (translations.test(path)) return "docs";
  if (configNames.test(path)) return "config";
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1) : "";
  if (docExtensions.has(extension) || docFolders.test(path)) return "docs";
  if (codeExtensions.has(extension)) return "code";
  if (configExtensions.has(extension)) return "config";
  return docNames.test(path) ? "docs" : "other";
}
