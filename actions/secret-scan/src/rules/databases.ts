import type { Rule } from "../model.ts";
import { alnum, hex, named, shaped, token, uuid, word } from "./declare.ts";
import { data, store } from "./harms.ts";

/** Databases, streams of data, and search. */
export const databases: readonly Rule[] = [
  token("planetscale-token", "PlanetScale API token", "pscale_tkn_", "[\\w.=-]{32,64}", "https://app.planetscale.com", store),
  token("planetscale-oauth", "PlanetScale OAuth token", "pscale_oauth_", "[\\w.=-]{32,64}", "https://app.planetscale.com", store),
  token("planetscale-password", "PlanetScale password", "pscale_pw_", "[\\w.=-]{32,64}", "https://app.planetscale.com", store),
  token("neon-key", "Neon API key", "napi_", "[0-9a-z]{60,70}", "https://console.neon.tech/app/settings/api-keys", store),
  token("neon-password", "Neon database password", "npg_", `${alnum}{12,32}`, "https://console.neon.tech", { ...store, entropy: 3 }),
  token("supabase-token", "Supabase access token", "sbp_", `(?:v0_)?${hex}{40}`, "https://supabase.com/dashboard/account/tokens", store),
  token(
    "supabase-secret-key",
    "Supabase secret key",
    "sb_secret_",
    "[\\w-]{22}_[\\w-]{8}",
    "https://supabase.com/dashboard/project/_/settings/api-keys",
    store,
  ),
  token("clickhouse-key", "ClickHouse Cloud API secret", "4b1d", `${alnum}{38}`, "https://console.clickhouse.cloud", {
    ...store,
    entropy: 3.8,
  }),
  token(
    "mongodb-service-account",
    "MongoDB Atlas service account secret",
    "mdb_sa_sk_",
    "[\\w-]{30,60}",
    "https://cloud.mongodb.com",
    store,
  ),
  named("mongodb-atlas-key", "MongoDB Atlas private key", ["atlas"], uuid, "https://cloud.mongodb.com", store),
  token("fauna-key", "Fauna key", "fnA", `${word}{36,42}`, "https://dashboard.fauna.com", { ...store, entropy: 4 }),
  token("cockroach-key", "CockroachDB Cloud API key", "CCDB1_", `${alnum}{22}_${alnum}{40}`, "https://cockroachlabs.cloud", store),
  named("confluent-access-token", "Confluent API key", ["confluent"], `${alnum}{16}`, "https://confluent.cloud/settings/api-keys", {
    ...data,
    entropy: 3,
  }),
  named(
    "confluent-secret-key",
    "Confluent API secret",
    ["confluent"],
    `(?:cflt[0-9A-Za-z+/]{60}|[0-9A-Za-z+/]{64})`,
    "https://confluent.cloud/settings/api-keys",
    data,
  ),
  token("aiven-token", "Aiven token", "aivenv1", "[0-9A-Za-z+/=_-]{80,700}", "https://console.aiven.io/profile/tokens", store),
  shaped("dbt-token", "dbt Cloud token", ["dbtc_", "dbtu_", "dbts_"], `dbt[cus]_${word}{36,60}`, "https://cloud.getdbt.com/settings", data),
  named(
    "snowflake-password",
    "Snowflake password or token",
    ["snowflake_password", "snowflake_token"],
    "[^\\s'\"]{12,80}",
    "https://docs.snowflake.com/user-guide/programmatic-access-tokens",
    { ...store, entropy: 3 },
  ),
  named("algolia-key", "Algolia API key", ["algolia"], "[0-9a-z]{32}", "https://dashboard.algolia.com/account/api-keys", data),
  named(
    "elastic-key",
    "Elastic API key",
    ["elastic", "elasticsearch"],
    "(?:essu_)?[0-9A-Za-z+/]{58,80}={0,2}",
    "https://cloud.elastic.co",
    data,
  ),
  named("meilisearch-key", "Meilisearch key", ["meili"], `${hex}{64}|${alnum}{43}`, "https://www.meilisearch.com/docs", data),
];
