import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Chromium as the distributions install it; `undefined` where there is none. */
export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) => existsSync(path));

/** What a page did and shows. */
export interface Visit {
  /** Addresses of everything that it asked for, itself first. */
  readonly requests: readonly string[];
  /** Errors of the console and of scripts, refusals by the content security policy among them. */
  readonly errors: readonly string[];
  readonly value: unknown;
}

const flags = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--remote-debugging-port=0",
];

/** One browser for the tests of a file, asked over its own debugging protocol. */
export class Browser {
  readonly #profile = mkdtempSync(join(tmpdir(), "forge-browser-"));
  readonly #process: ChildProcess;
  #address: string | undefined;

  constructor(program: string) {
    this.#process = spawn(program, [...flags, `--user-data-dir=${this.#profile}`, "about:blank"], { stdio: "ignore" });
  }

  /** Opens a file in a fresh tab and evaluates `expression` in it; `scheme` is what the reader's system prefers. */
  async visit(file: string, expression: string, scheme: "light" | "dark" = "light"): Promise<Visit> {
    const address = await this.#debugger();
    const tab = (await (await fetch(`${address}/json/new?about:blank`, { method: "PUT" })).json()) as {
      readonly webSocketDebuggerUrl: string;
    };
    const socket = new Socket(tab.webSocketDebuggerUrl);
    await socket.opened;
    for (const domain of ["Page", "Network", "Runtime", "Log"]) await socket.call(`${domain}.enable`);
    await socket.call("Emulation.setDeviceMetricsOverride", { width: 1200, height: 900, deviceScaleFactor: 1, mobile: false });
    await socket.call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await socket.call("Page.navigate", { url: pathToFileURL(file).href });
    while (!(await socket.evaluate(loaded).catch(() => false))) await pause();
    const value = await socket.evaluate(expression);
    socket.leave();
    return { requests: socket.requests, errors: socket.errors, value };
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("close", resolve));
    this.#process.kill();
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  async #debugger(): Promise<string> {
    const file = join(this.#profile, "DevToolsActivePort");
    for (let tries = 0; this.#address === undefined; tries++) {
      const port = existsSync(file) ? readFileSync(file, "utf8").split("\n")[0] : "";
      if (port !== "") this.#address = `http://127.0.0.1:${port}`;
      else if (tries > 300 || this.#process.exitCode !== null) throw new Error("the browser did not start");
      else await pause();
    }
    return this.#address;
  }
}

/** A tab has a page of its own before it has ours, and none in between. */
const loaded = 'location.protocol === "file:" && document.readyState === "complete"';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** One tab's debugging protocol: calls, events, and what is kept of them. */
class Socket {
  readonly opened: Promise<void>;
  readonly requests: string[] = [];
  readonly errors: string[] = [];
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, (message: Message) => void>();
  #count = 0;

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    this.opened = new Promise((resolve) => this.#socket.addEventListener("open", () => resolve()));
    this.#socket.addEventListener("message", ({ data }) => this.#take(JSON.parse(String(data)) as Message));
  }

  call(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#answers.set(id, ({ result, error }) =>
        error === undefined ? resolve(result ?? {}) : reject(new Error(`${method}: ${error.message}`)),
      );
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.call("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    return (result as { readonly value?: unknown }).value;
  }

  /** Closes the tab, which may be gone before it could answer. */
  leave(): void {
    this.#socket.send(JSON.stringify({ id: ++this.#count, method: "Page.close" }));
    this.#socket.close();
  }

  #take(message: Message): void {
    const { id, method = "", params = {} } = message;
    if (id !== undefined) this.#answers.get(id)?.(message);
    if (method === "Network.requestWillBeSent") this.requests.push((params["request"] as { readonly url: string }).url);
    if (method === "Runtime.exceptionThrown") this.errors.push(JSON.stringify(params["exceptionDetails"]));
    const entry = params["entry"] as { readonly level?: string; readonly text?: string } | undefined;
    if (method === "Log.entryAdded" && entry?.level === "error") this.errors.push(entry.text ?? "");
    if (method === "Runtime.consoleAPICalled" && params["type"] === "error") this.errors.push(JSON.stringify(params["args"]));
  }
}
