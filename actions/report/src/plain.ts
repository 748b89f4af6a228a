import type { Block, Inline, Report, Text } from "../../../packages/report/model.ts";

/**
 * A stranger's report without its addresses: a comment of ours that links where a stranger likes would lend him our name. Places in the tested tree stay;
 * renderers link them to this repository's own pages. What nobody is shown is dropped, so that it takes no memory either.
 */
export function plain(report: Report): Report {
  const { runUrl: _runUrl, ...rest } = report;
  return {
    ...rest,
    data: {},
    inputs: {},
    outputs: {},
    findings: report.findings.map(({ rule, severity, message, path, line, endLine }) => ({
      rule,
      severity,
      message,
      ...(path === undefined ? {} : { path }),
      ...(line === undefined ? {} : { line }),
      ...(endLine === undefined ? {} : { endLine }),
    })),
    sections: report.sections.map((section) => ({ ...section, blocks: section.blocks.map(plainBlock) })),
  };
}

function plainBlock(block: Block): Block {
  switch (block.kind) {
    case "paragraph":
      return { ...block, text: plainText(block.text) };
    case "list":
      return { ...block, items: block.items.map(plainText) };
    case "table":
      return { ...block, rows: block.rows.map((row) => row.map(plainText)) };
    default:
      return block;
  }
}

function plainText(text: Text): Text {
  return Array.isArray(text) ? text.map(plainInline) : plainInline(text as Inline);
}

function plainInline(piece: Inline): Inline {
  if (typeof piece === "string" || !("link" in piece)) return piece;
  return piece.code === true ? { code: piece.text } : piece.text;
}
