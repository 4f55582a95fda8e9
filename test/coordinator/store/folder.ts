/** Folders of a test, and the prepared database that makes opening one quick. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preparedDatabase as preparedFor } from '#cli/prepared-database.ts';

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tributary-coordinator-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

/** Made once for a version of the embedded database, beside what else is cached. */
export const preparedDatabase = (): string => preparedFor(tmpdir());
