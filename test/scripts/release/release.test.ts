import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { release } from "../../../scripts/release.ts";
import { Library, manifest, temporaryFolder } from "./library.ts";

let library: Library;
const made = { dryRun: false, push: false };
const run = () => release(library.folder, made).released.map(({ tag, bump }) => `${tag} ${bump}`);

beforeEach(() => {
  library = Library.create();
});

describe("the first release", () => {
  it("takes the versions of the package.json files and tags HEAD itself", () => {
    const head = library.head();
    expect(run()).toEqual(["alpha/v1.0.0 first", "beta/v1.0.0 first", "v1.0.0 first"]);
    expect(library.head()).toBe(head);
    const names = ["alpha/v1", "alpha/v1.0.0", "beta/v1", "beta/v1.0.0", "v1", "v1.0.0"];
    expect(library.tags()).toEqual(Object.fromEntries(names.map((name) => [name, head])));
    expect(library.git("status", "--porcelain")).toBe("");
  });

  it("refuses a version that is none, before any tag is made", () => {
    library.commit("chore: x", { "actions/beta/package.json": '{ "version": "1.0" }' });
    expect(run).toThrow('beta has no release yet, and its package.json states the version "1.0": it must be like 1.0.0.');
    expect(library.tags()).toEqual({});
  });

  it("changes nothing in a dry run, with the same list", () => {
    const planned = release(library.folder, { dryRun: true, push: false }).released;
    expect(library.tags()).toEqual({});
    expect(release(library.folder, made).released).toEqual(planned);
  });
});

describe("a later release", () => {
  beforeEach(() => {
    run();
  });

  it("is idempotent", () => {
    const tags = library.tags();
    expect(run()).toEqual([]);
    expect(library.tags()).toEqual(tags);
  });

  it("is not made for what is not shipped", () => {
    library.commit("feat!: words only", { "README.md": "x", "actions/alpha/README.md": "x", "packages/frame/a.ts": "x" });
    expect(run()).toEqual([]);
  });

  it("is made for the actions that load a changed shared bundle, also through another one", () => {
    library.commit("fix(frame): deeper", { "dist/shared/deep/index.js": "deeper\n" });
    expect(run()).toEqual(["alpha/v1.0.1 patch", "v1.0.1 patch"]);
  });

  it("states the new versions in one commit, which the tags point to, and leaves a clean tree", () => {
    const before = library.head();
    library.commit("feat(alpha): colours", { "dist/alpha/index.js": "new\n" });
    run();
    expect(library.git("status", "--porcelain")).toBe("");
    expect(library.git("log", "-1", "--format=%s")).toBe("chore(release): alpha 1.1.0, forge 1.1.0");
    const read = (path: string) => readFileSync(join(library.folder, path), "utf8");
    expect(read("actions/alpha/package.json")).toBe('{\n  "name": "alpha",\n  "version": "1.1.0"\n}\n');
    expect(read("actions/alpha/CHANGELOG.md")).toMatch(
      /^# Changelog\n\n## 1\.1\.0\n\n### New\n\n- colours \([0-9a-f]{10}\)\n\n## 1\.0\.0\n/,
    );
    expect(read("action-index.md")).toBe("| [alpha](a) | A. | 1.1.0 | 2 |\n| [beta](b) | B. | 1.0.0 | 2 |\n");
    const head = library.head();
    expect(library.tags()).toMatchObject({
      "alpha/v1.1.0": head,
      "alpha/v1": head,
      "v1.1.0": head,
      v1: head,
      "alpha/v1.0.0": before,
      "beta/v1": before,
    });
    expect(run()).toEqual([]);
  });

  it("takes the strongest of several changes", () => {
    library.commit("fix(alpha): a", { "dist/alpha/index.js": "a\n" });
    library.commit("feat(alpha): b", { "dist/alpha/index.js": "b\n" });
    library.commit("chore: c", { "dist/alpha/index.js": "c\n" });
    expect(run()).toEqual(["alpha/v1.1.0 minor", "v1.1.0 minor"]);
  });

  it.each([["feat(alpha)!: x"], ["fix: x\n\nBREAKING CHANGE: y"], ["fix: x\n\nlong text\n\nBREAKING-CHANGE: y"]])(
    "keeps a breaking change out of v1: %j",
    (message) => {
      const before = library.head();
      library.commit(message, { "dist/alpha/index.js": "x\n" });
      expect(run()).toEqual(["alpha/v2.0.0 major", "v2.0.0 major"]);
      const head = library.head();
      expect(library.tags()).toMatchObject({ v1: before, "alpha/v1": before, v2: head, "alpha/v2": head, "beta/v1": before });
    },
  );

  it("does not blame one action's commit on another that was built with it", () => {
    library.commit("feat(alpha)!: x", { "dist/alpha/index.js": "x\n", "dist/beta/index.js": "y\n" });
    expect(run()).toEqual(["alpha/v2.0.0 major", "beta/v1.0.1 patch", "v2.0.0 major"]);
  });

  it.each([
    ["an input is gone", manifest({ minimum: "" }), "major", "the input kind is gone"],
    ["an input takes less", manifest({ minimum: "", kind: ", type: enum, options: [one]" }), "major", "the input kind no longer takes two"],
    [
      "an output is gone",
      manifest({ minimum: "", kind: ", type: enum, options: [one, two]" }, ["other"]),
      "major",
      "the output verdict is gone",
    ],
    [
      "an input is required",
      manifest({ minimum: ", required: true", kind: ", type: enum, options: [one, two]" }),
      "major",
      "the input minimum must now be given",
    ],
    ["an input is new", manifest({ minimum: "", kind: ", type: enum, options: [one, two]", more: "" }), "minor", "the new input more"],
  ])("reads the contract, whatever the commit calls it: %s", (_, text, bump, reason) => {
    library.commit("fix(alpha): tidy", { "actions/alpha/action.yml": text });
    expect(release(library.folder, made).released[0]).toMatchObject({ action: "alpha", bump, reason });
  });

  it("gives the library a version for composites, workflows and the command line", () => {
    library.commit("feat(setup): caches", {
      "composite/setup/action.yml": "inputs:\n  node:\n    description: d\n  cache:\n    description: d\noutputs: {}\n",
    });
    expect(run()).toEqual(["v1.1.0 minor"]);
    library.commit("fix(cli): words", { "dist/forge/index.js": "cli 2\n" });
    expect(run()).toEqual(["v1.1.1 patch"]);
    library.commit("fix: input", { ".github/workflows/gate.yml": "on:\n  workflow_call:\n    inputs: {}\n" });
    expect(run()).toEqual(["v2.0.0 major"]);
  });

  it("counts an action that is gone as breaking, and a new one as a feature", () => {
    library.commit("feat: gamma", {
      "actions/gamma/action.yml": manifest({ a: "" }),
      "actions/gamma/package.json": '{"version":"1.0.0"}',
      "dist/gamma/index.js": "g\n",
    });
    expect(run()).toEqual(["gamma/v1.0.0 first", "v1.1.0 minor"]);
    library.git("rm", "-rq", "actions/gamma", "dist/gamma");
    library.commit("chore: away");
    expect(run()).toEqual(["v2.0.0 major"]);
  });

  it("repairs moving tags", () => {
    const before = library.head();
    library.commit("fix: x", { "dist/alpha/index.js": "x\n" });
    run();
    const tags = library.tags();
    library.git("tag", "-f", "alpha/v1", before);
    library.git("tag", "-d", "v1");
    expect(release(library.folder, made)).toEqual({ released: [], moved: ["v1", "alpha/v1"] });
    expect(library.tags()).toEqual(tags);
  });
});

describe("what it refuses", () => {
  it("an exact tag that is in the way: no tag changes, not even those that were free", () => {
    run();
    const elsewhere = library.git("commit-tree", "HEAD^{tree}", "-m", "elsewhere");
    library.commit("fix: both", { "dist/alpha/index.js": "x\n", "dist/beta/index.js": "y\n" });
    library.git("tag", "beta/v1.0.1", elsewhere);
    library.git("tag", "-d", "alpha/v1");
    const [tags, head] = [library.tags(), library.head()];
    expect(run).toThrow(/^The tag beta\/v1\.0\.1 is to be made, but it exists already, at [0-9a-f]{12}\. An exact tag is never moved/);
    expect(library.tags()).toEqual(tags);
    expect(library.head()).toBe(head);
    expect(library.git("status", "--porcelain")).toBe("");
  });

  it("a tag that somebody put on an old release, though HEAD descends from it", () => {
    run();
    library.git("tag", "alpha/v1.0.1");
    library.commit("fix: x", { "dist/alpha/index.js": "x\n" });
    expect(run).toThrow("The tag alpha/v1.0.1 is to be made, but it exists already");
  });

  it("a working tree with changes, and a shallow clone", () => {
    library.write({ "package.json": "{}" });
    expect(run).toThrow("The working tree has changes that are not committed:\nM package.json");
    library.git("checkout", "-q", "package.json");
    library.commit("fix: x", { a: "b" });
    const shallow = temporaryFolder();
    library.git("clone", "-q", "--depth", "1", `file://${library.folder}`, shallow);
    expect(() => release(shallow, made)).toThrow("This clone is shallow");
  });
});

describe("pushing", () => {
  it("happens only when it is asked for, for all tags or none", () => {
    const server = temporaryFolder();
    library.git("init", "-q", "--bare", server);
    library.git("remote", "add", "origin", server);
    library.git("push", "-q", "origin", "main");
    run();
    const onServer = () => new Library(server).git("for-each-ref", "--format=%(refname:strip=2)", "refs/tags").split("\n").filter(Boolean);
    expect(onServer()).toEqual([]);
    library.commit("fix: x", { "dist/alpha/index.js": "x\n" });
    release(library.folder, { dryRun: false, push: true });
    expect(onServer()).toEqual(["alpha/v1", "alpha/v1.0.1", "v1", "v1.0.1"]);
    expect(new Library(server).git("rev-parse", "main")).toBe(library.head());
  });
});

it("writes a note with the line to paste, in which a commit message stays text", () => {
  run();
  library.git("remote", "add", "origin", "git@github.com:acme/gates.git");
  library.commit("feat(alpha): [x](http://e) @team <b> ` #1", { "dist/alpha/index.js": "x\n" });
  const [first] = release(library.folder, made).released;
  expect(first?.note).toContain(`- uses: acme/gates/actions/alpha@${library.head()} # alpha/v1.1.0\n`);
  expect(first?.note).toContain("- \\[x\\](http://e) @\u200bteam \\<b\\> \\` \\#1 (");
});
