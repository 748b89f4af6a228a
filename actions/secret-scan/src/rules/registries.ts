import type { Rule } from "../model.ts";
import { alnum, hex, named, shaped, token, uuid, word } from "./declare.ts";

const registry = { why: "Whoever has it can publish packages that others install.", level: "critical" } as const;

/** Where packages and images are published. */
export const registries: readonly Rule[] = [
  token("npm-access-token", "npm access token", "npm_", `${alnum}{36}`, "https://www.npmjs.com/settings/~/tokens", {
    ...registry,
    check: "crc32-base62",
  }),
  shaped(
    "npm-legacy-token",
    "npm legacy token in .npmrc",
    ["_authtoken"],
    `_authToken[ \\t]{0,3}=[ \\t]{0,3}"?(${uuid})`,
    "https://www.npmjs.com/settings/~/tokens",
    registry,
  ),
  token(
    "pypi-upload-token",
    "PyPI upload token",
    "pypi-AgEIcHlwaS5vcmc",
    `${word}{50,1000}`,
    "https://pypi.org/manage/account/token/",
    registry,
  ),
  token(
    "testpypi-upload-token",
    "TestPyPI upload token",
    "pypi-AgENdGVzdC5weXBpLm9yZw",
    `${word}{50,1000}`,
    "https://test.pypi.org/manage/account/token/",
    { ...registry, level: "medium" },
  ),
  token("rubygems-api-key", "RubyGems API key", "rubygems_", `${hex}{48}`, "https://rubygems.org/profile/api_keys", registry),
  token("crates-io-token", "crates.io token", "cio", `${alnum}{32}`, "https://crates.io/settings/tokens", { ...registry, entropy: 3.5 }),
  token("nuget-api-key", "NuGet API key", "oy2", "[0-9a-z]{43}", "https://www.nuget.org/account/apikeys", { ...registry, entropy: 3.5 }),
  token("clojars-token", "Clojars deploy token", "CLOJARS_", "[0-9a-z]{60}", "https://clojars.org/tokens", registry),
  token("packagist-token", "Packagist token", "packagist_", "[a-z]{3}_[0-9a-f]{60,80}", "https://packagist.com", registry),
  token(
    "docker-pat",
    "Docker personal access token",
    "dckr_pat_",
    `${word}{27}`,
    "https://app.docker.com/settings/personal-access-tokens",
    registry,
  ),
  token(
    "docker-oat",
    "Docker organization access token",
    "dckr_oat_",
    `${word}{27,34}`,
    "https://docs.docker.com/security/for-admins/access-tokens/",
    registry,
  ),
  token(
    "jfrog-api-key",
    "JFrog API key",
    "AKCp",
    `${alnum}{69}`,
    "https://jfrog.com/help/r/jfrog-platform-administration-documentation/user-profile",
    registry,
  ),
  token(
    "jfrog-reference-token",
    "JFrog reference token",
    "cmVmdGtu",
    `${alnum}{56}`,
    "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens",
    registry,
  ),
  named(
    "jfrog-identity-token",
    "JFrog identity token",
    ["jfrog", "artifactory", "bintray", "xray"],
    `(?:${alnum}{64}|${alnum}{73})`,
    "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens",
    registry,
  ),
];
