import { defineConfig } from "vitest/config";
import usual from "./vitest.config.ts";

/** The suites that `npm test` leaves out for time, races, kills and hostile archives among them: `npm run test:long`. */
export default defineConfig({ test: { ...usual.test, include: ["**/*.long.test.ts"], exclude: ["**/node_modules/**"] } });
