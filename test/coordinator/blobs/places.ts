/** Both places of blobs behind one interface: what a test asks of a folder, it asks of a bucket. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import { openBlobs } from '#coordinator/blobs/open.ts';
import { startS3, type TestS3 } from '#test/support/s3/server.ts';
import { newFolder, removeFolder } from '../store/folder.ts';

export type TestPlace = Readonly<{
  /** Opens it, as often as it is asked: another process's eyes. */
  open(): Promise<Blobs>;
  remove(): Promise<void>;
}>;

/** Registers the same tests for each place. A real server's, by `TRIBUTARY_TEST_S3_URL` and AWS's own variables, instead of ours. */
export function atEachPlace(title: string, tests: (create: () => Promise<TestPlace>) => void): void {
  describe(`${title}, in a folder`, () =>
    tests(async () => {
      const folder = await newFolder();
      return { open: () => openBlobs(folder, folder), remove: () => removeFolder(folder) };
    }));

  describe(`${title}, in a bucket`, () => {
    const named = process.env['TRIBUTARY_TEST_S3_URL'];
    let server: TestS3 | null = null;
    before(async () => {
      if (named === undefined) server = await startS3({ pageKeys: 3 });
    });
    after(() => server?.stop());
    tests(async () => {
      const home = await newFolder();
      const url = named ?? server?.url ?? '';
      const [place = '', query = ''] = url.split('?');
      const own = `${place}/${randomUUID()}?${query}`;
      return { open: () => openBlobs(own, join(home, 'home')), remove: () => removeFolder(home) };
    });
  });
}
