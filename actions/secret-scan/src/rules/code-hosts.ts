import type { Rule } from "../model.ts";
import { alnum, base64, hex, named, token, word } from "./declare.ts";
import { code, critical } from "./harms.ts";

const github = "https://github.com/settings/tokens";
const gitlab = "https://gitlab.com/-/user_settings/personal_access_tokens";

/** Where code lives. */
export const codeHosts: readonly Rule[] = [
  token("github-pat", "GitHub personal access token", "ghp_", `${alnum}{36}`, github, { ...critical, check: "crc32-base62" }),
  token("github-oauth", "GitHub OAuth access token", "gho_", `${alnum}{36}`, github, { ...critical, check: "crc32-base62" }),
  token("github-user-to-server", "GitHub user-to-server token", "ghu_", `${alnum}{36}`, github, { ...critical, check: "crc32-base62" }),
  token("github-app-token", "GitHub app installation token", "ghs_", `${alnum}{36}`, github, { ...critical, check: "crc32-base62" }),
  token(
    "github-app-jwt",
    "GitHub app installation token (stateless)",
    "ghs_",
    "[0-9]{1,12}_eyJ[\\w-]{10,400}\\.[\\w-]{20,1200}\\.[\\w-]{20,700}",
    github,
    critical,
  ),
  token("github-refresh-token", "GitHub refresh token", "ghr_", `(?:${alnum}{76}|${alnum}{36})`, github, {
    ...critical,
    check: "crc32-base62",
  }),
  token(
    "github-fine-grained-pat",
    "GitHub fine-grained personal access token",
    "github_pat_",
    `${alnum}{22}_${alnum}{59}`,
    github,
    critical,
  ),
  token("gitlab-pat", "GitLab personal access token", "glpat-", `${word}{20}`, gitlab, critical),
  token(
    "gitlab-pat-routable",
    "GitLab personal access token (routable)",
    "glpat-",
    `${word}{27,300}\\.(?:[0-9a-z]{2}\\.)?[0-9a-z]{9}`,
    gitlab,
    critical,
  ),
  token("gitlab-deploy-token", "GitLab deploy token", "gldt-", `${word}{20}`, gitlab, code),
  token("gitlab-runner-token", "GitLab runner authentication token", "glrt-", `(?:t[0-9]_)?${word}{20}`, gitlab, code),
  token(
    "gitlab-runner-token-routable",
    "GitLab runner authentication token (routable)",
    "glrt-",
    `(?:t[0-9]_)?${word}{27,300}\\.(?:[0-9a-z]{2}\\.)?[0-9a-z]{9}`,
    gitlab,
    code,
  ),
  token("gitlab-runner-registration", "GitLab runner registration token", "GR1348941", `${word}{20}`, gitlab, code),
  token("gitlab-job-token", "GitLab CI job token", "glcbt-", `${alnum}{1,5}_${word}{20}`, gitlab, code),
  token("gitlab-trigger-token", "GitLab pipeline trigger token", "glptt-", `(?:${hex}{40}|${word}{20})`, gitlab, code),
  token("gitlab-feed-token", "GitLab feed token", "glft-", `${word}{20}`, gitlab, { ...code, level: "medium" }),
  token("gitlab-incoming-mail", "GitLab incoming mail token", "glimt-", `${word}{25}`, gitlab, { ...code, level: "medium" }),
  token("gitlab-agent-token", "GitLab agent token for Kubernetes", "glagent-", `${word}{50}`, gitlab, critical),
  token("gitlab-oauth-secret", "GitLab OAuth application secret", "gloas-", `${word}{64}`, gitlab, code),
  token("gitlab-scim-token", "GitLab SCIM token", "glsoat-", `${word}{20}`, gitlab, code),
  token("gitlab-feature-flags", "GitLab feature flags client token", "glffct-", `${word}{20}`, gitlab, { ...code, level: "medium" }),
  token("gitlab-session", "GitLab session cookie", "_gitlab_session=", `(${hex}{32})`, gitlab, code),
  token(
    "bitbucket-app-password",
    "Bitbucket app password",
    "ATBB",
    `${alnum}{24}[0-9A-F]{8}`,
    "https://bitbucket.org/account/settings/app-passwords/",
    critical,
  ),
  token(
    "bitbucket-data-center",
    "Bitbucket Data Center access token",
    "BBDC-",
    `${base64}{40,50}`,
    "https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html",
    critical,
  ),
  named("bitbucket-client-id", "Bitbucket OAuth client id", ["bitbucket"], `${alnum}{32}`, "https://bitbucket.org/account/settings/", {
    level: "medium",
  }),
  named(
    "bitbucket-client-secret",
    "Bitbucket OAuth client secret",
    ["bitbucket"],
    "[\\w=-]{64}",
    "https://bitbucket.org/account/settings/",
  ),
  token(
    "atlassian-api-token",
    "Atlassian API token",
    "ATATT3",
    "[\\w=-]{180,200}",
    "https://id.atlassian.com/manage-profile/security/api-tokens",
    critical,
  ),
  token(
    "atlassian-access-token",
    "Atlassian repository or workspace access token",
    "ATCTT3",
    "[\\w=-]{180,200}",
    "https://id.atlassian.com/manage-profile/security/api-tokens",
    critical,
  ),
  named(
    "atlassian-api-token-old",
    "Atlassian API token",
    ["atlassian", "confluence", "jira"],
    `${alnum}{24}`,
    "https://id.atlassian.com/manage-profile/security/api-tokens",
    { entropy: 3.5 },
  ),
];
