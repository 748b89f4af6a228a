import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../frame/errors.ts";

interface Scene {
  readonly title: string;
  /** A folder of the example's `changes`, put on top of `main`; nothing for `main` itself. */
  readonly change?: string;
  readonly exitCode: number;
}

const scenes: readonly Scene[] = [
  { title: "main: a small shop that computes what parcels cost", exitCode: 0 },
  { title: "A pull request adds coupons. Its one test is green, and the total stays above the minimum.", change: "untested", exitCode: 1 },
  { title: "The author tests the rest, finds a price below zero, and mends it.", change: "tested", exitCode: 0 },
];

/**
 * Runs the coverage gate on a real project with real reports, in a temporary git repository that is removed afterwards.
 * Gives 0 when every scene ended as the story says, else 1.
 */
export async function demo(examples: URL, forge: URL): Promise<number> {
  const example = join(fileURLToPath(examples), "javascript");
  if (!existsSync(example)) throw new UserError(`The demo needs the folder ${example}, which this copy of Forge does not have.`);
  const folder = mkdtempSync(join(tmpdir(), "forge-demo-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const git = gitIn(folder);
  cpSync(example, folder, { recursive: true, filter: (path) => path !== join(example, "changes") && path !== join(example, "coverage") });
  cpSync(join(example, "coverage", "lcov.info"), join(folder, "coverage", "lcov.info"));
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all", "--force");
  git("commit", "--quiet", "--message", "A shop");
  let asTold = true;
  for (const scene of scenes) asTold = play(scene, example, folder, fileURLToPath(forge)) && asTold;
  process.stdout.write("Now yours: run your tests with coverage, then `forge run coverage-gate` in your repository.\n");
  return asTold ? 0 : 1;
}

function play({ title, change, exitCode }: Scene, example: string, folder: string, forge: string): boolean {
  const git = gitIn(folder);
  if (change !== undefined) {
    const from = join(example, "changes", change);
    git("checkout", "--quiet", "-B", change, "main");
    git("apply", "--index", join(from, "change.diff"));
    cpSync(join(from, "lcov.info"), join(folder, "coverage", "lcov.info"));
    git("commit", "--quiet", "--all", "--message", title);
  }
  process.stdout.write(`── ${title}\n$ forge run coverage-gate\n`);
  const { status } = spawnSync(process.execPath, [forge, "run", "coverage-gate"], {
    cwd: folder,
    stdio: "inherit",
    env: plainEnvironment(),
  });
  process.stdout.write(`exit code ${status}\n\n`);
  return status === exitCode;
}

/** The demo's repository is a laptop's, also where the demo itself runs in CI. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(INPUT_|GITHUB_|RUNNER_|ACTIONS_|FORGE_|GIT_)/.test(name)));
}

function gitIn(folder: string): (...args: readonly string[]) => void {
  const settings = [
    "user.name=Forge",
    "user.email=forge@example.invalid",
    "commit.gpgsign=false",
    "core.hooksPath=/dev/null",
    "core.autocrlf=false",
  ];
  const options = settings.flatMap((setting) => ["-c", setting]);
  return (...args) => {
    try {
      execFileSync("git", [...options, ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"], env: plainEnvironment() });
    } catch (cause) {
      throw new UserError(
        `The demo needs git, and \`git ${args[0]}\` failed: ${String((cause as { stderr?: unknown }).stderr ?? cause).trim()}`,
        { cause },
      );
    }
  };
}
