import type { Format } from "../model.ts";
import { CloverHandler, cloverAttributes, cloverElements } from "./clover.ts";
import { CoberturaHandler, coberturaAttributes, coberturaElements } from "./cobertura.ts";
import { CoveragePyHandler } from "./coverage-py.ts";
import type { Draft, ReportParser } from "./draft.ts";
import { GcovHandler } from "./gcov.ts";
import { GoParser } from "./go.ts";
import { IstanbulHandler } from "./istanbul.ts";
import { JacocoHandler, jacocoAttributes, jacocoElements } from "./jacoco.ts";
import { JsonScanner } from "./json.ts";
import { JsonSummaryHandler } from "./json-summary.ts";
import { LcovParser } from "./lcov.ts";
import { LlvmCovHandler } from "./llvm-cov.ts";
import { OpencoverHandler, opencoverAttributes, opencoverElements } from "./opencover.ts";
import { SimplecovHandler } from "./simplecov.ts";
import { type XmlEdges, type XmlHandler, type XmlPart, XmlScanner } from "./xml.ts";
import { nameHash } from "./xml-tag.ts";

export interface OpenParser {
  readonly parser: ReportParser;
  /** Hands over what the parser still holds. */
  readonly finish: () => void;
  /** For XML: how this part stands to those around it. */
  readonly edges?: () => XmlEdges;
}

/** `first`: begins where the report does. Other parts begin where `partMarks` allows. `whole`: it is all of the report. */
export type Part = XmlPart;

export function openParser(format: Format, draft: Draft, part: Part): OpenParser {
  switch (format) {
    case "lcov":
      return plain(new LcovParser(draft, !part.first));
    case "go":
      return plain(new GoParser(draft, !part.first));
    case "cobertura":
      return xml(new CoberturaHandler(draft), coberturaElements, coberturaAttributes, part);
    case "clover":
      return xml(new CloverHandler(draft), cloverElements, cloverAttributes, part);
    case "jacoco":
      return xml(new JacocoHandler(draft), jacocoElements, jacocoAttributes, part);
    case "opencover":
      return xml(new OpencoverHandler(draft), opencoverElements, opencoverAttributes, part);
    case "istanbul":
      return plain(new JsonScanner(new IstanbulHandler(draft)));
    case "json-summary":
      return plain(new JsonScanner(new JsonSummaryHandler(draft)));
    case "coverage.py":
      return plain(new JsonScanner(new CoveragePyHandler(draft)));
    case "simplecov":
      return plain(new JsonScanner(new SimplecovHandler(draft)));
    case "llvm-cov":
      return plain(new JsonScanner(new LlvmCovHandler(draft)));
    case "gcov":
      return plain(new JsonScanner(new GcovHandler(draft)));
  }
}

function plain(parser: ReportParser): OpenParser {
  return { parser, finish: () => undefined };
}

function xml(
  handler: XmlHandler & { finish?(): void },
  elements: readonly string[],
  attributes: readonly string[],
  part: Part,
): OpenParser {
  const scanner = new XmlScanner(handler, elements, attributes, part);
  return { parser: scanner, finish: () => handler.finish?.(), edges: () => scanner.edges };
}

/**
 * Where a big report may be cut so that its parts can be read side by side: before such bytes, or behind the line that they stand in. LCOV and Go
 * profiles mean the same in parts; for XML the parts' edges must fit together afterwards (`edgesFit`), else a cut fell into a comment or the like.
 */
export const partMarks: Partial<Record<Format, { readonly mark: string; readonly behindLine: boolean }>> = {
  lcov: { mark: "\nend_of_record", behindLine: true },
  go: { mark: "\n", behindLine: true },
  cobertura: { mark: "<class ", behindLine: false },
  clover: { mark: "<file ", behindLine: false },
};

/** Files mean something else in here (Clover), which a part that begins inside cannot know. */
const testProject = nameHash("testproject");

/** Whether the parts of an XML document are one well-formed document together. */
export function edgesFit(parts: readonly XmlEdges[]): boolean {
  const open: number[] = [];
  for (const { closes, opens, outermost, torn } of parts) {
    // Something that began when all was closed stood outside of the root element.
    if (torn || outermost >= open.length || open.includes(testProject)) return false;
    for (const hash of closes) if (open.pop() !== hash) return false;
    open.push(...opens);
  }
  return open.length === 0 && parts[0]?.rooted === true;
}
