import type { Block, Column, Inline, Section, Text } from "../../../packages/report/model.ts";
import { bytesText, deltaText } from "./bytes.ts";
import { causesOf, type Reason } from "./contents.ts";
import type { Told, ToldDuplicate } from "./data.ts";
import type { Stats } from "./model.ts";
import { growthOf, type ModuleRow, packagesOf } from "./modules.ts";

const mostRows = 20;
const mostFiles = 10;
const mostCauses = 4;
const right = { align: "right" as const };

/** What made the files grow, packages and modules by growth, what belongs to none, and packages that are there more than once. */
export function why({ modules, reasons, duplicates, found }: Told): Section[] {
  if (modules === undefined || modules.length === 0) return [];
  const compared = !("missing" in found.baseline) && found.baseline.past.modules !== undefined;
  const blocks = [
    ...files(reasons, modules, found.stats.some(isNotMinified)),
    ...packages(modules, compared),
    ...changed(modules, compared),
    ...(found.build.overhead === undefined ? [] : [paragraph(`Overhead, which belongs to no module: ${found.build.overhead} B.`)]),
    ...(duplicates.length === 0 ? [] : [{ kind: "list" as const, items: duplicates.slice(0, mostRows).map(duplicateText) }]),
  ];
  return blocks.length === 0 ? [] : [{ title: "Why", blocks }];
}

function isNotMinified({ format }: Stats): boolean {
  return format === "webpack" || format === "visualizer";
}

function paragraph(text: string): Block {
  return { kind: "paragraph", text };
}

function more(count: number, most: number): { more?: number } {
  return count > most ? { more: count - most } : {};
}

/** The files that grew most, each with what it holds more of. */
function files(reasons: readonly Reason[], modules: readonly ModuleRow[], unminified: boolean): Block[] {
  if (reasons.length === 0) return [];
  const all = new Map(modules.map((module) => [module.path, growthOf(module)]));
  const rows = reasons.slice(0, mostFiles).map((reason): Text[] => {
    return [{ code: reason.path }, deltaText(reason.size - reason.previousSize), becauseOf(reason, all)];
  });
  const columns = [
    { title: "File" },
    { title: "Change, not compressed", ...right },
    { title: `Because of${unminified ? " (modules before they are minified)" : ""}` },
  ];
  return [{ kind: "table", columns, rows, ...more(reasons.length, mostFiles) }];
}

function becauseOf(reason: Reason, all: ReadonlyMap<string, number>): Text {
  const causes = causesOf(reason, all);
  const parts: Inline[] = causes
    .slice(0, mostCauses)
    .flatMap(({ name, growth, moved }, index) => [
      ...(index === 0 ? [] : [", "]),
      { code: name },
      ` ${deltaText(growth)}${moved ? " (from other files)" : ""}`,
    ]);
  const others = causes.length - mostCauses;
  if (others > 0) parts.push(` and ${others} more`);
  const outside = reason.overhead.size - reason.overhead.previousSize;
  const growth = reason.size - reason.previousSize;
  if (causes.length === 0 || outside * 2 > growth)
    parts.push(`${causes.length === 0 ? "" : ", "}what belongs to no module ${deltaText(outside)}`);
  return parts;
}

function tableOf(what: string, rows: readonly { name: string; size: number; growth: number }[], compared: boolean): Block {
  const columns: Column[] = [{ title: what }, { title: "Bytes", ...right }, ...(compared ? [{ title: "Change", ...right }] : [])];
  const cells = rows
    .slice(0, mostRows)
    .map(({ name, size, growth }): Text[] => [{ code: name }, `${size}`, ...(compared ? [deltaText(growth)] : [])]);
  return { kind: "table", columns, rows: cells, ...more(rows.length, mostRows) };
}

function packages(modules: readonly ModuleRow[], compared: boolean): Block[] {
  const rows = packagesOf(modules)
    .filter(({ name, size, previousSize }) => name !== "" && (!compared || size !== previousSize))
    .map(({ name, size, previousSize }) => ({ name, size, growth: size - previousSize }));
  return rows.length === 0 ? [] : [tableOf("Package", rows, compared)];
}

function changed(modules: readonly ModuleRow[], compared: boolean): Block[] {
  const rows = modules
    .filter((module) => !compared || growthOf(module) !== 0)
    .map((module) => ({ name: module.path, size: module.size, growth: growthOf(module) }));
  return rows.length === 0 ? [] : [tableOf("Module", rows, compared)];
}

/** `x is there 2 times (1.2.0 and 2.0.1), 30.0 kB together; new`. */
function duplicateText({ package: name, places, versions, size, isNew }: ToldDuplicate): Text {
  const told = [...new Set(versions ?? [])];
  const which = told.length === 0 ? "" : told.length === 1 ? ` (all ${told[0]})` : ` (${told.slice(0, -1).join(", ")} and ${told.at(-1)})`;
  return [
    { code: name },
    ` is there ${places.length} times${which}, ${bytesText(size)} together${isNew === true ? "; it was not before" : ""}`,
  ];
}
