/** Puts names of files on disk: a folder is synced once for all that got theirs meanwhile, and its own name while it may be new. */
import { dirname } from 'node:path';
import { sharedSync } from './shared-sync.ts';

type Shared = { readonly sync: () => Promise<void>; users: number };

/** Some 100 bytes each; beyond it all are synced anew. */
const MOST_KNOWN = 4_096;

export class FolderSyncs {
  readonly #sync: (folder: string) => Promise<void>;
  readonly #shared = new Map<string, Shared>();
  /** Folders whose own name this process has seen on disk. */
  readonly #known = new Set<string>();
  /** How many folders were made. */
  #made = 0;

  constructor(sync: (folder: string) => Promise<void>) {
    this.#sync = sync;
  }

  /** Before a folder is made, perhaps again. */
  making(folder: string): void {
    this.#known.delete(folder);
    this.#made += 1;
  }

  /** The name of a file, and of the folder that it is in. */
  async named(path: string): Promise<void> {
    const folder = dirname(path);
    const isKnown = this.#known.has(folder);
    const made = this.#made;
    await Promise.all([this.#shareSync(folder), ...(isKnown ? [] : [this.#shareSync(dirname(folder))])]);
    // One that was made meanwhile may be this one anew, after the sync.
    if (isKnown || this.#made !== made) return;
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.add(folder);
  }

  async #shareSync(folder: string): Promise<void> {
    const shared = this.#shared.get(folder) ?? { sync: sharedSync(() => this.#sync(folder)), users: 0 };
    this.#shared.set(folder, shared);
    shared.users += 1;
    try {
      await shared.sync();
    } finally {
      shared.users -= 1;
      if (shared.users === 0) this.#shared.delete(folder);
    }
  }
}
