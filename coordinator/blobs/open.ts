/** The place of masked inputs and evidence by what names it. */
import type { Blobs } from './blobs.ts';
import { folderBlobs } from './folder.ts';

/** @param place a folder */
export function openBlobs(place: string): Promise<Blobs> {
  return Promise.resolve(folderBlobs(place));
}
