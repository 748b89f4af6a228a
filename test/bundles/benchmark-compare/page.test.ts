import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { dashboardFiles } from "../../../actions/benchmark-compare/src/dashboard.ts";
import type { History } from "../../../actions/benchmark-compare/src/history.ts";
import { stepsOf } from "../../../actions/benchmark-compare/src/judge-history.ts";
import { cleanUp, temporaryFolder } from "../harness.ts";

afterAll(cleanUp);

const browser = [process.env["FORGE_BROWSER"], "/usr/bin/chromium", "/usr/bin/google-chrome"].find(
  (path) => path !== undefined && existsSync(path),
);
const hostile = `</script><img src=x onerror="document.title='owned'"> & "quoted" \u202egnp`;

const history: History = {
  schema: "forge-benchmark-history/1",
  runs: Array.from({ length: 60 }, (_, run) => ({
    commit: `${String(run).padStart(12, "0")}${"a".repeat(28)}`,
    date: new Date(Date.UTC(2026, 0, 1 + run)).toISOString(),
    suite: run < 0 ? "" : "S",
    host: run < 30 ? "machine A" : "machine B",
    benchmarks: [hostile, "parse", "print"].map((name, place) => ({
      name,
      metric: "time",
      unit: "ns",
      direction: "lower" as const,
      value: 1e6 * (place + 1) * (1 + 0.01 * Math.sin(run * 7.3)) * (place === 1 && run >= 45 ? 1.3 : 1),
    })),
  })),
};

/** What a browser makes of the page after a script has used it as a person would. */
function shown(script: string, dark = false): string {
  const [page] = dashboardFiles("page.html", history, stepsOf(history, "none"), [], "none");
  const path = join(temporaryFolder(), "page.html");
  writeFileSync(path, (page?.text ?? "").replace("</body>", `<script>{${script}}</script></body>`));
  const flags = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ];
  const theme = dark ? ["--blink-settings=preferredColorScheme=0"] : [];
  const run = spawnSync(
    browser ?? "",
    [...flags, ...theme, `--user-data-dir=${temporaryFolder()}`, "--dump-dom", `${pathToFileURL(path).href}#1`],
    {
      encoding: "utf8",
      timeout: 60_000,
    },
  );
  return run.stdout;
}

// Where there is no browser (`FORGE_BROWSER`, or Chromium as Debian installs it), what it would show cannot be told.
describe.skipIf(browser === undefined)("the trend page in a browser", () => {
  it("shows, zooms, searches and groups, and names stay names", () => {
    const dom = shown(`
      const said=[];const count=(what)=>document.querySelectorAll(what).length;const press=(text)=>[...document.querySelectorAll("section button")].find((b)=>b.textContent===text).click();
      said.push("points",count("circle"),"bands",count(".band"),"steps",count("path.step"));
      press("closer");said.push("closer",count("circle"));press("whole course");said.push("whole",count("circle"));
      const svg=document.querySelector("section svg"),box=svg.getBoundingClientRect(),go=(type,x)=>document.querySelector("section svg").dispatchEvent(new PointerEvent(type,{clientX:box.left+x*box.width,clientY:box.top+50,bubbles:true}));
      go("pointermove",.5);said.push("read",document.getElementById("read").textContent);
      go("pointerdown",.5);go("pointerup",.75);said.push("dragged",count("circle"));
      document.getElementById("log").click();said.push("log",count("circle"));
      const search=document.getElementById("search");search.value="PRI";search.oninput();said.push("found",count("nav button"));
      search.value="onerror";search.oninput();said.push("hostile",count("nav button"),count("img"));
      document.documentElement.dataset.said=said.join(" ");document.documentElement.dataset.ink=getComputedStyle(document.body).color;`);
    const said = /data-said="([^"]*)"/.exec(dom)?.[1] ?? dom.slice(0, 500);
    expect(said).toMatch(
      /^points 60 bands 2 steps 1 closer 3\d whole 60 read \d{12} 2026-\S+: 2\.\d+ ms, machine [AB] dragged 1\d log 1\d found 1 hostile 1 0$/,
    );
    expect(dom).toContain("<title>Benchmarks</title>");
    expect(/data-ink="([^"]*)"/.exec(dom)?.[1]).toBe("rgb(0, 0, 0)");
  }, 60_000);

  it("is dark where the reader wants it dark", () => {
    const dom = shown("document.documentElement.dataset.ink=getComputedStyle(document.body).color", true);
    expect(/data-ink="([^"]*)"/.exec(dom)?.[1]).toBe("rgb(255, 255, 255)");
  }, 60_000);
});
