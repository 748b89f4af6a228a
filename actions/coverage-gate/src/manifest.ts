import type { Manifest } from "../../../packages/frame/manifest.ts";

export default {
  "action": "coverage-gate",
  "description": "Judges total and patch coverage from any report format, exactly, without an account or a server.",
  "inputs": {
    "reports": {
      "description": "Coverage reports, one glob per line, `!` excludes. By default the usual places of every format are looked at.",
      "type": "list",
      "example": "coverage/lcov.info"
    },
    "format": {
      "description": "Format of the reports. `auto` tells it from the content, never from the name.",
      "type": "enum",
      "options": [
        "auto",
        "lcov",
        "cobertura",
        "clover",
        "jacoco",
        "istanbul",
        "json-summary",
        "coverage.py",
        "go",
        "simplecov",
        "opencover",
        "llvm-cov",
        "gcov"
      ],
      "fallback": "auto"
    },
    "minimum": {
      "description": "Lowest total coverage that passes, in percent.",
      "type": "percent",
      "fallback": "80"
    },
    "minimum-patch": {
      "description": "Lowest coverage of the changed lines that passes, in percent. Not checked when left out.",
      "type": "percent",
      "example": "90"
    },
    "maximum-drop": {
      "description": "How many percentage points the total may fall below the baseline. Not checked when left out.",
      "type": "percent",
      "example": "0.5"
    },
    "metric": {
      "description": "What is counted.",
      "type": "enum",
      "options": [
        "lines",
        "statements",
        "branches",
        "functions"
      ],
      "fallback": "lines"
    },
    "partial-lines": {
      "description": "Whether a line with a branch that was never taken counts as covered (`hit`) or not (`miss`).",
      "type": "enum",
      "options": [
        "hit",
        "miss"
      ],
      "fallback": "hit"
    },
    "thresholds": {
      "description": "Further rules, as YAML or the path of a YAML file: a list of `- path: <glob>` or `- flag: <name>` with `minimum`, `minimum-patch`, `maximum-uncovered-lines` and `each: true` (for every file on its own).",
      "type": "yaml",
      "example": "- path: src/**\n  minimum: 90"
    },
    "flag": {
      "description": "Name of this set of reports (`unit`, `frontend`). Coverage of other flags is carried forward from the baseline.",
      "type": "string"
    },
    "ignore": {
      "description": "Files that are not counted, one glob per line.",
      "type": "list",
      "example": "**/*.generated.ts"
    },
    "base": {
      "description": "Git ref or commit that the change is compared with. By default the merge base that the event gives.",
      "type": "string"
    },
    "diff": {
      "description": "Path of a unified diff that says what changed, instead of git.",
      "type": "path"
    },
    "baseline": {
      "description": "Where the numbers of the default branch are kept: `auto` (the cache on a runner; a `branch` store where there is one on a laptop), `cache`, `branch`, `none`, or the path of a file.",
      "type": "string",
      "fallback": "auto"
    },
    "baseline-branches": {
      "description": "Branches besides the default one whose pushes write the baseline, one glob per line.",
      "type": "list",
      "example": "release/*"
    },
    "removed-code": {
      "description": "`adjust` takes code that the change removed out of the baseline before `maximum-drop` is judged, so that deleting covered code is no drop; `strict` does not.",
      "type": "enum",
      "options": [
        "adjust",
        "strict"
      ],
      "fallback": "adjust"
    },
    "minimum-changed-lines": {
      "description": "`minimum-patch` is not judged for a change with fewer coverable lines than this.",
      "type": "integer",
      "minimum": 0,
      "fallback": "0"
    },
    "ratchet": {
      "description": "Path of a file that remembers the best total so far. It is created and raised outside pull requests, never lowered, and the total must not fall below it.",
      "type": "path"
    },
    "allow-empty": {
      "description": "Whether reports without a single coverable line are neutral instead of an error.",
      "type": "boolean",
      "fallback": "false"
    },
    "badge": {
      "description": "Path of an SVG badge to write; the same path with `.json` gets the shields.io endpoint.",
      "type": "path",
      "example": "coverage.svg"
    },
    "merged": {
      "description": "Path of an LCOV file to write with all reports merged.",
      "type": "path"
    },
    "explain": {
      "description": "Whether to list every file that was counted or left out, and why.",
      "type": "boolean",
      "fallback": "false"
    },
    "annotations": {
      "description": "Whether uncovered changed lines are annotated.",
      "type": "boolean",
      "fallback": "true"
    },
    "enforce": {
      "description": "Whether a failing or unknown verdict fails the step. `false` still says what would fail; wrong inputs fail all the same.",
      "type": "boolean",
      "fallback": "true"
    },
    "token": {
      "description": "Token for the comment, for the `branch` baseline and for deepening a shallow checkout.",
      "type": "secret",
      "default": "${{ github.token }}"
    },
    "comment": {
      "description": "Whether this action posts its own pull-request comment. Leave it off where `report` posts the one comment for all gates.",
      "type": "boolean",
      "fallback": "false"
    },
    "id": {
      "description": "Tells several uses of this action in one repository apart; part of the baseline's key, the comment's marker and the report's name.",
      "type": "string",
      "example": "web"
    },
    "working-directory": {
      "description": "Folder that paths are relative to and reports are looked for in.",
      "type": "path",
      "fallback": "."
    }
  },
  "outputs": {
    "verdict": {
      "description": "`pass`, `fail`, `neutral` or `unknown`."
    },
    "summary": {
      "description": "The answer in one line."
    },
    "report": {
      "description": "Path of the JSON report."
    },
    "coverage": {
      "description": "Total coverage in percent, floored to two decimals."
    },
    "covered": {
      "description": "Covered units of the metric."
    },
    "total": {
      "description": "All units of the metric."
    },
    "patch-coverage": {
      "description": "Coverage of the change in percent, floored to two decimals; empty when it has no coverable line."
    },
    "patch-covered": {
      "description": "Covered units among the changed lines."
    },
    "patch-total": {
      "description": "All units among the changed lines."
    },
    "delta": {
      "description": "Percentage points against the baseline, signed, two decimals; empty without a baseline."
    },
    "uncovered-files": {
      "description": "How many files have at least one uncovered unit."
    }
  }
} as const satisfies Manifest;
