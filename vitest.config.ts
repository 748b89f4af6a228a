import { configDefaults, defineConfig } from "vitest/config";

const results = process.env["FORGE_TEST_RESULTS"];

export default defineConfig({
  test: {
    dir: "test",
    coverage: { provider: "v8", reporter: ["lcovonly"], include: ["actions/*/{src,adapters}/**", "packages/**"] },
    exclude: [...configDefaults.exclude, "test/act/**", "**/*.long.test.ts"],
    // V8 sometimes ends a process with threads by "Check failed: jit_page.has_value()" where the machine has protection keys (nodejs/node#64500).
    execArgv: ["--no-memory-protection-keys"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for a process that they have started.
    maxWorkers: "150%",
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
