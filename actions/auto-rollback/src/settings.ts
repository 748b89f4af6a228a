import { UserError } from "../../../packages/frame/errors.ts";
import type { YamlInput } from "../../../packages/frame/manifest.ts";
import { didYouMean } from "../../../packages/frame/nearest.ts";
import type { ProviderName, ProviderSettings } from "./provider-settings.ts";

const known: Readonly<Record<ProviderName, readonly string[]>> = {
  "git-tag": ["tag", "releases"],
  "git-revert": ["branch"],
  release: ["releases"],
  deployment: ["workflow", "inputs"],
  npm: ["packages", "registry", "tag", "deprecate"],
  oci: ["image", "tag"],
  kubernetes: ["namespace", "deployment"],
  helm: ["release", "namespace"],
  command: ["current", "execute", "exists"],
};

/** Reads `settings` for the provider; every mistake at once, with its place. */
export function readSettings(provider: ProviderName, given: YamlInput | undefined): ProviderSettings {
  const reader = new Reader(provider, given);
  const settings = reader.read();
  if (reader.problems.length > 0) throw new UserError(reader.problems.join(" "), { problems: reader.problems });
  return settings;
}

const gitName = /^(?!-)(?!.*(?:\.\.|@\{|\/\/|\.lock$|[/.]$))[^\s~^:?*[\\\p{Cc}]{1,200}$/u;
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;
const kubernetesName = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const imageName = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+$/;
const imageTag = /^\w[\w.-]{0,127}$/;
const distTag = /^[a-z][a-z0-9._-]{0,100}$/i;
const workflowName = /^[A-Za-z0-9_][\w. -]{0,200}$/;

class Reader {
  readonly problems: string[] = [];
  readonly #provider: ProviderName;
  readonly #given: YamlInput | undefined;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(provider: ProviderName, given: YamlInput | undefined) {
    this.#provider = provider;
    this.#given = given;
    const value = given?.value ?? {};
    const mapping = typeof value === "object" && value !== null && !Array.isArray(value);
    if (!mapping) this.#problem([], "a mapping is needed", `{${known[provider].join(", ")}}`);
    this.#fields = mapping ? (value as Readonly<Record<string, unknown>>) : {};
    for (const name of Object.keys(this.#fields)) {
      if (known[provider].includes(name)) continue;
      const where = given?.whereKey([name]) ?? "settings";
      const hint = didYouMean(name, known[provider]);
      this.problems.push(
        `${where}: settings: "${name.slice(0, 60)}" is unknown to ${provider}. Allowed: ${known[provider].join(", ")}.${hint}`,
      );
    }
  }

  read(): ProviderSettings {
    const provider = this.#provider;
    switch (provider) {
      case "git-tag":
        return { provider, tag: this.#text("tag", gitName, "the name of a tag such as v1"), releases: this.#glob() };
      case "git-revert":
        return { provider, branch: this.#text("branch", gitName, "the name of a branch such as main") };
      case "release":
        return { provider, releases: this.#glob() };
      case "deployment":
        return {
          provider,
          workflow: this.#text("workflow", workflowName, "a workflow's file such as deploy.yml", ""),
          inputs: this.#inputs(),
        };
      case "npm":
        return this.#npm();
      case "oci": {
        const image = this.#text("image", imageName, "a registry and a name without a tag, such as ghcr.io/org/app");
        return { provider, image, tag: this.#text("tag", imageTag, "a tag such as latest") };
      }
      case "kubernetes": {
        const namespace = this.#text("namespace", kubernetesName, "a namespace", "default");
        return { provider, namespace, deployment: this.#text("deployment", kubernetesName, "a Deployment's name") };
      }
      case "helm": {
        const release = this.#text("release", kubernetesName, "a Helm release's name");
        return { provider, release, namespace: this.#text("namespace", kubernetesName, "a namespace", "default") };
      }
      case "command":
        return { provider, current: this.#argv("current"), execute: this.#argv("execute"), exists: this.#argv("exists", true) };
    }
  }

  #npm(): ProviderSettings {
    const registry = this.#text(
      "registry",
      /^https?:\/\/[^\s?#@]{1,300}$/i,
      "an address without credentials",
      "https://registry.npmjs.org",
    );
    const deprecate = this.#fields["deprecate"];
    const usual = "This version was rolled back.";
    const wrong = deprecate !== undefined && typeof deprecate !== "boolean" && (typeof deprecate !== "string" || deprecate.length > 500);
    if (wrong) this.#problem(["deprecate"], `${show(deprecate)} cannot be used`, "true, false or the message");
    const message = typeof deprecate === "string" ? deprecate : deprecate === false ? "" : usual;
    return {
      provider: "npm",
      packages: this.#packages(),
      registry: registry.replace(/\/+$/, ""),
      tag: this.#text("tag", distTag, "a dist-tag", "latest"),
      deprecate: message,
    };
  }

  #packages(): readonly string[] {
    const given = this.#fields["packages"];
    const items = typeof given === "string" ? [given] : Array.isArray(given) ? (given as readonly unknown[]) : [];
    if (items.length === 0 || items.length > 200)
      this.#problem(["packages"], `${show(given)} cannot be used`, "a list of 1 to 200 package names");
    for (const [index, item] of items.entries()) {
      if (typeof item !== "string" || !packageName.test(item))
        this.#problem(["packages", index], `${show(item)} is no package name`, "names such as @org/app");
    }
    return [...new Set(items.map(String))];
  }

  #glob(): string {
    return this.#text("releases", /^[^\s\p{Cc}]{1,200}$/u, "a glob such as v1.*", "*");
  }

  #inputs(): Readonly<Record<string, string>> {
    const given = this.#fields["inputs"] ?? {};
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      this.#problem(["inputs"], `${show(given)} cannot be used`, "a mapping of texts");
      return {};
    }
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
  }

  #argv(name: string, optional = false): readonly string[] {
    const given = this.#fields[name];
    if (given === undefined && optional) return [];
    const list = Array.isArray(given) ? (given as readonly unknown[]) : undefined;
    const plain = list?.every((item) => ["string", "number", "boolean"].includes(typeof item) && !String(item).includes("\0"));
    if (list === undefined || list.length === 0 || plain !== true || String(list[0]) === "") {
      this.#problem(
        [name],
        `${show(given)} cannot be used`,
        `a list of a program and its arguments, such as [./deploy, "{to}"]; no shell reads it`,
      );
      return [];
    }
    return list.map(String);
  }

  #text(name: string, allowed: RegExp, words: string, fallback?: string): string {
    const given = this.#fields[name];
    if ((given === undefined || given === null) && fallback !== undefined) return fallback;
    const text = typeof given === "number" ? String(given) : given;
    if (typeof text === "string" && allowed.test(text)) return text;
    this.#problem([name], given === undefined ? `${name} is missing` : `${show(given)} cannot be used`, words);
    return "";
  }

  #problem(path: readonly (string | number)[], what: string, allowed: string): void {
    const where = this.#given === undefined ? "" : `${this.#given.where(path)}: `;
    const name = path.length === 0 ? "settings" : `settings.${path.join(".")}`;
    this.problems.push(`${where}${name}: ${what} (${this.#provider}). Allowed: ${allowed}.`);
  }
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : (JSON.stringify(value) ?? "that").slice(0, 80);
}
