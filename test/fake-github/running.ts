import type { FakeGitHub } from "./server.ts";

/** The fakes of this process by the address that bundles are given, so that what a bundle asks for can be told. */
export const running = new Map<string, FakeGitHub>();
