import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "forge-release-test-"));
  folders.push(folder);
  return folder;
}

const identity = [
  "-c",
  "user.name=Ann Author",
  "-c",
  "user.email=ann@example.com",
  "-c",
  "commit.gpgsign=false",
  "-c",
  "tag.gpgsign=false",
];

/** A small library of the shape of ours, in a real git repository: two actions, one shared bundle that only `alpha` loads. */
export class Library {
  readonly folder: string;
  constructor(folder = temporaryFolder()) {
    this.folder = folder;
  }

  static create(): Library {
    const library = new Library();
    library.git("init", "-q", "-b", "main");
    library.write({
      "package.json": '{\n  "name": "forge",\n  "version": "1.0.0",\n  "type": "module"\n}\n',
      "CHANGELOG.md": "# Changelog\n\n## 1.0.0\n\nFirst version.\n",
      "action-index.md": "| [alpha](a) | A. | 1.0.0 | 2 |\n| [beta](b) | B. | 1.0.0 | 2 |\n",
      "dist/forge/index.js": "cli\n",
      "dist/shared/lazy/index.js": 'import("../deep/index.js")\n',
      "dist/shared/deep/index.js": "deep\n",
      "dist/shared/other/index.js": "other\n",
      "composite/setup/action.yml": "inputs:\n  node:\n    description: d\noutputs: {}\n",
      "reusable-workflows/gate.yml": "on:\n  workflow_call:\n    inputs:\n      a: { type: string }\n",
      ".github/workflows/gate.yml": "on:\n  workflow_call:\n    inputs:\n      a: { type: string }\n",
      ...action("alpha", 'import("../shared/lazy/index.js")\n'),
      ...action("beta", 'import("../shared/other/index.js")\n'),
    });
    library.commit("feat: everything");
    return library;
  }

  git(...args: string[]): string {
    return execFileSync("git", [...identity, ...args], { cwd: this.folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
  }

  commit(message: string, files: Readonly<Record<string, string>> = {}): string {
    this.write(files);
    this.git("add", "-A");
    this.git("commit", "-q", "-m", message);
    return this.head();
  }

  head(): string {
    return this.git("rev-parse", "HEAD");
  }

  /** Each tag with the commit it points to. */
  tags(): Record<string, string> {
    const lines = this.git("for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags").split("\n").filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(" ") as [string, string]));
  }
}

export function manifest(inputs: Readonly<Record<string, string>>, outputs: readonly string[] = ["verdict"]): string {
  const lines = Object.entries(inputs).map(([name, rest]) => `  ${name}: { description: d${rest} }`);
  return `name: n\ninputs:\n${lines.join("\n")}\noutputs:\n${outputs.map((name) => `  ${name}: { description: d }`).join("\n")}\n`;
}

function action(name: string, bundle: string): Record<string, string> {
  return {
    [`actions/${name}/package.json`]: `{\n  "name": "${name}",\n  "version": "1.0.0"\n}\n`,
    [`actions/${name}/action.yml`]: manifest({ minimum: "", kind: ", type: enum, options: [one, two]" }),
    [`actions/${name}/CHANGELOG.md`]: "# Changelog\n\n## 1.0.0\n\nFirst version.\n",
    [`dist/${name}/index.js`]: bundle,
  };
}
