import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { running } from "../fake-github/running.ts";

/** What a job may hold that no action is given: it stands in the environment of every bundle that the tests run. Put together here, so that our own scan finds no secret. */
export const planted = {
  CLOUD_SECRET_ACCESS_KEY: ["pl4nted", "Zw8+kQx7Vt2m", "Ry5Lb9Nc3Hd6"].join("/"),
  OTHER_SERVICE_PASSWORD: ["pl4nted", '"pass"', "&", "<word>", "9!"].join(" "),
} as const;

const namesASecret = /(TOKEN|SECRET|PASSWORD|_KEY)$/i;
/** Shorter ones are words of a test that stand in its other texts too. */
const shortest = 12;
const mostBytes = 4_000_000;

/** Every secret of a run: what is planted, the token that it was given, and what its environment calls one. */
function secretsOf(env: Readonly<Record<string, string>>): string[] {
  const named = Object.entries(env).filter(([name, value]) => namesASecret.test(name) && value.length >= shortest);
  return [...new Set(named.map(([, value]) => value))];
}

/** Ways to write a secret that a careless program would leave behind; made here anew, not by the masker that is under test. */
function waysToWrite(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const shifted = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return text.slice(offset === 0 ? 0 : 4, text.length - 4);
  });
  const base64 = shifted.flatMap((text) => [text, text.replaceAll("+", "-").replaceAll("/", "_")]);
  const hex = bytes.toString("hex");
  const json = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, ...base64, hex, hex.toUpperCase(), encodeURIComponent(secret), json, JSON.stringify(json).slice(1, -1)])];
}

/** Small files below a folder, such as reports, pages and file commands. */
function filesBelow(folder: string): { readonly path: string; readonly text: string }[] {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => statSync(path).size <= mostBytes);
  return paths.map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** Begins to watch a run; the function that is given back throws where one of its secrets stands in what it printed, wrote or sent. */
export function watchSecrets(
  env: Readonly<Record<string, string>>,
  temp: string,
): (streams: { readonly stdout: string; readonly stderr: string }) => void {
  const secrets = secretsOf(env);
  const fake = running.get(env["GITHUB_API_URL"] ?? "");
  const before = fake?.requests.length ?? 0;
  const there = new Map(filesBelow(temp).map(({ path, text }) => [path, text]));
  return ({ stdout, stderr }) => {
    const sent = (fake?.requests ?? []).slice(before).map(({ path, query, body }) => JSON.stringify([path, query, body]));
    const written = filesBelow(temp).filter(({ path, text }) => there.get(path) !== text);
    // The runner takes the lines out that name what it shall mask.
    const printed = { path: "what was printed", text: `${stdout.replace(/^::add-mask::.*$/gm, "")}\n${stderr}` };
    const places = [printed, { path: "a request", text: sent.join("\n") }, ...written];
    for (const secret of secrets) {
      for (const form of waysToWrite(secret)) {
        const found = places.find(({ text }) => text.includes(form));
        if (found !== undefined) throw new Error(`A secret of the run stands in ${found.path}, written ${form}.`);
      }
    }
  };
}
