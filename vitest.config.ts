import { configDefaults, defineConfig } from "vitest/config";

const results = process.env["FORGE_TEST_RESULTS"];

export default defineConfig({
  test: {
    dir: "test",
    coverage: { provider: "v8", reporter: ["lcovonly"], include: ["actions/*/{src,adapters}/**", "packages/**"] },
    exclude: [...configDefaults.exclude, "test/act/**", "**/*.long.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests wait for a process that they have started.
    maxWorkers: "150%",
    reporters: results === undefined ? ["default"] : ["default", ["json", { outputFile: results }]],
  },
});
