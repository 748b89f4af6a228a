import { UserError } from "../../../packages/frame/errors.ts";
import { append, type Entry, journalPath, pathName, readJournal } from "../../../packages/ledger/journal.ts";
import { type Snapshot, transact } from "../../../packages/ledger/store.ts";
import { type Book, bookFolder, bookPath, emptyBook, readBook, renderBook } from "../../../packages/releases/book.ts";
import type { Desk } from "./ports.ts";

export interface View {
  readonly book: Book;
  /** The books of the environment's other services. */
  readonly siblings: readonly Book[];
}

/** Something for the journal. */
export interface Note {
  /** `rollback.executing`, `release.good` … */
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Change<T> {
  readonly result: T;
  /** Left out: nothing is written. */
  readonly book?: Book;
  readonly notes?: readonly Note[];
}

/** The book of one service, and the journal beside it: both are written in one step or not at all. */
export class Shelf {
  readonly #desk: Desk;
  readonly #environment: string;
  readonly #service: string;
  readonly #run: string;
  readonly #path: string;

  constructor(desk: Desk, environment: string, service: string, run: string) {
    this.#desk = desk;
    this.#environment = environment;
    this.#service = service;
    this.#run = run;
    this.#path = bookPath(environment, service);
  }

  async read(): Promise<View> {
    return this.#view(await this.#desk.store.read());
  }

  /** Asks `change` for the new book, on a fresh one whenever another run has written in between. */
  async change<T>(change: (view: View, now: string) => Change<T>): Promise<T> {
    const mark = crypto.randomUUID().slice(0, 8);
    const done = await transact(this.#desk.store, async (snapshot) => {
      const view = await this.#view(snapshot);
      const at = new Date(this.#desk.now()).toISOString();
      const { result, book, notes = [] } = change(view, at);
      const entries = notes.map((note, index) => this.#entry(note, at, `${mark}-${index}`));
      const changes: Record<string, string> = {};
      if (book !== undefined) changes[this.#path] = renderBook(book);
      if (entries.length > 0) {
        const journal = journalPath(this.#environment, at);
        changes[journal] = append((await snapshot.read(journal)) ?? "", entries);
      }
      const message = `${notes.map(({ kind }) => kind).join(", ") || "Remember"} ${this.#service || "default"}\n\nRun ${this.#run}\n`;
      return { result, changes, message };
    });
    return done.result;
  }

  #entry({ kind, data }: Note, at: string, mark: string): Entry {
    return { id: `${kind}-${mark}`, at, kind, environment: this.#environment, subject: this.#service, run: this.#run, data };
  }

  async #view(snapshot: Snapshot): Promise<View> {
    await this.#readJournals(snapshot);
    const folder = bookFolder(this.#environment);
    const siblings: Book[] = [];
    for (const path of snapshot.paths) {
      if (path.startsWith(folder) && path.endsWith(".json") && path !== this.#path) siblings.push(await this.#readBook(snapshot, path));
    }
    if (!snapshot.paths.includes(this.#path)) return { book: emptyBook(this.#environment, this.#service), siblings };
    const book = await this.#readBook(snapshot, this.#path);
    if (book.environment !== this.#environment || book.service !== this.#service) throw damaged(this.#path);
    return { book, siblings };
  }

  async #readBook(snapshot: Snapshot, path: string): Promise<Book> {
    return readBook((await snapshot.read(path)) ?? "", path);
  }

  /** The newest journal has to be whole; and a book that is missing must never have been written, or somebody has removed it. */
  async #readJournals(snapshot: Snapshot): Promise<void> {
    const folder = `ledger/${pathName(this.#environment)}/`;
    const journals = snapshot.paths.filter((path) => path.startsWith(folder)).sort();
    const missing = !snapshot.paths.includes(this.#path);
    for (const path of missing ? journals : journals.slice(-1)) {
      const { entries, torn } = readJournal((await snapshot.read(path)) ?? "");
      if (torn.length > 0) throw damaged(`${path} (line ${torn[0] ?? 0})`);
      const written = entries.find(({ kind, subject }) => subject === this.#service && /^(?:release\.|rollback\.(?!refused))/.test(kind));
      if (missing && written !== undefined) throw damaged(`${this.#path} (it is gone, and the journal knows it)`);
    }
  }
}

function damaged(what: string): UserError {
  return new UserError(
    `The ledger is damaged: ${what}. It is not known which releases are good, so nothing was changed; restore it from its history.`,
    { exitCode: 3 },
  );
}
