import type { Rule } from "../model.ts";
import { alnum, base64, hex, named, shaped, token, uuid, word } from "./declare.ts";
import { cloud } from "./harms.ts";

const azure = "https://learn.microsoft.com/azure/key-vault/general/autorotation";
const aws = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";
const google = "https://console.cloud.google.com/apis/credentials";

/** The three large clouds: AWS, Google, Azure. */
export const clouds: readonly Rule[] = [
  shaped("aws-access-key-id", "AWS access key id", ["akia", "asia", "abia", "acca"], "(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}", aws, {
    ...cloud,
    entropy: 2.8,
  }),
  named(
    "aws-secret-access-key",
    "AWS secret access key",
    ["aws_sec", "awssec", "aws-sec", "secret_access_key", "secretaccesskey", "secret-access-key", "aws_secret", "amazon_secret"],
    "[0-9A-Za-z+/]{40}",
    aws,
    { ...cloud, entropy: 3.8 },
  ),
  shaped(
    "aws-session-token",
    "AWS session token",
    ["fwogzxivyxdz", "iqojb3jpz2lux2"],
    `(?:FwoGZXIvYXdz|IQoJb3JpZ2luX2)${base64}{100,1500}={0,2}`,
    aws,
    { ...cloud, level: "high" },
  ),
  token("aws-bedrock-key", "Amazon Bedrock API key", "ABSK", `${base64}{109,269}={0,2}`, aws, cloud),
  token(
    "aws-bedrock-short",
    "Amazon Bedrock short-lived API key",
    "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t",
    `${base64}{20,1500}={0,2}`,
    aws,
    cloud,
  ),
  token("aws-mws-token", "Amazon MWS auth token", "amzn.mws.", uuid, "https://developer-docs.amazon.com/sp-api", cloud),
  token("gcp-api-key", "Google API key", "AIza", `${word}{35}`, google, {
    why: "Whoever has it can use the enabled Google APIs at your cost.",
    entropy: 3,
  }),
  token("google-oauth-secret", "Google OAuth client secret", "GOCSPX-", `${word}{28}`, google, cloud),
  token("google-access-token", "Google OAuth access token", "ya29.", "[\\w.-]{50,1000}", "https://myaccount.google.com/permissions", cloud),
  token("google-refresh-token", "Google OAuth refresh token", "1//0", `${word}{35,200}`, "https://myaccount.google.com/permissions", {
    ...cloud,
    entropy: 3.5,
  }),
  token(
    "firebase-server-key",
    "Firebase Cloud Messaging server key",
    "AAAA",
    `${word}{7}:APA91b${word}{130,160}`,
    "https://console.firebase.google.com",
    cloud,
  ),
  token("google-hmac-key", "Google Cloud Storage HMAC key id", "GOOG1E", "[0-9A-Z]{55}", google, cloud),
  shaped(
    "azure-client-secret",
    "Microsoft Entra client secret",
    ["q~"],
    "[\\w~.-]{3}[0-9]Q~[\\w~.-]{31,34}",
    "https://entra.microsoft.com",
    cloud,
  ),
  shaped("azure-storage-key", "Azure storage account key", ["accountkey="], `AccountKey=(${base64}{86}==)`, azure, {
    ...cloud,
    entropy: 4,
  }),
  shaped("azure-storage-key-signed", "Azure storage account key", ["+ast"], `${base64}{76}\\+ASt${base64}{5}[AQgw]==`, azure, cloud),
  shaped("azure-cosmos-key", "Azure Cosmos DB key", ["acdb"], `${base64}{76}ACDb${base64}{5}[AQgw]==`, azure, cloud),
  shaped(
    "azure-shared-access-key",
    "Azure Service Bus, Event Hubs or IoT Hub key",
    ["sharedaccesskey="],
    `SharedAccessKey=(${base64}{43}=)`,
    azure,
    { ...cloud, entropy: 3.8 },
  ),
  shaped("azure-function-key", "Azure Functions key", ["azfu"], `${word}{44}AzFu${word}{5}[AQgw]==`, azure, cloud),
  shaped("azure-search-key", "Azure AI Search key", ["azse"], `${alnum}{42}AzSe[A-D]${alnum}{5}`, azure, cloud),
  shaped("azure-redis-key", "Azure Cache for Redis key", ["azca"], `${alnum}{33}AzCa[A-P]${alnum}{5}=`, azure, cloud),
  shaped("azure-registry-key", "Azure Container Registry key", ["+acr"], `${base64}{42}\\+ACR[A-D]${base64}{5}`, azure, cloud),
  shaped("azure-batch-key", "Azure Batch key", ["+aba"], `${base64}{76}\\+ABa${base64}{5}[AQgw]==`, azure, cloud),
  shaped("azure-ai-key", "Azure OpenAI or AI services key", ["jqqj9"], `${alnum}{52}JQQJ9${alnum}{27}`, azure, cloud),
  shaped(
    "azure-devops-pat",
    "Azure DevOps personal access token",
    ["azdo"],
    `${alnum}{76}AZDO${alnum}{4}`,
    "https://dev.azure.com/_usersSettings/tokens",
    cloud,
  ),
  named(
    "azure-devops-pat-old",
    "Azure DevOps personal access token",
    ["azure_devops", "azuredevops", "system_accesstoken", "vsts", "ado_pat", "ado_token", "azdo_personal", "azure-devops"],
    "[2-7a-z]{52}",
    "https://dev.azure.com/_usersSettings/tokens",
    cloud,
  ),
  token("azure-sas-signature", "Azure shared access signature", "sig=", "([0-9A-Za-z%]{40,70}%3[dD])", azure, {
    ...cloud,
    level: "high",
    entropy: 3.8,
  }),
  named(
    "azure-subscription-key",
    "Azure subscription key",
    ["ocp-apim-subscription-key", "subscription_key", "subscription-key", "cognitive", "apim_key"],
    `${hex}{32}`,
    azure,
  ),
];
