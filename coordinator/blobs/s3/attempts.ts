/** The blobs of attempts as objects of a bucket: `inputs/7-1-1/0-0x…`. An object appears whole, or not at all. */
import type { Readable } from 'node:stream';
import type { AttemptId } from '#protocol/job-id.ts';
import { attemptName, attemptNamed, type AttemptBlobs } from '../blobs.ts';
import type { Bucket, Listed } from './bucket.ts';
import type { Spool } from './spool.ts';
import { turns } from './turns.ts';

/** The object that says of an attempt that its blobs were taken away. */
const EXPIRED = '.expired';
/** Uploads at a time: each has a part in memory. */
const UPLOADS = 4;

/** @param prefix with a slash at its end */
export function attemptsAt(bucket: Bucket, prefix: string, spool: Spool): AttemptBlobs {
  const folderOf = (id: AttemptId) => `${prefix}${attemptName(id)}/`;
  const keyOf = (id: AttemptId, name: string) => folderOf(id) + name;
  const markOf = (id: AttemptId) => `${prefix}${attemptName(id)}${EXPIRED}`;
  const turn = turns(UPLOADS);

  async function objectsOf(id: AttemptId): Promise<Listed[]> {
    const found: Listed[] = [];
    for await (const { objects } of bucket.list(folderOf(id))) found.push(...objects);
    return found;
  }
  async function removeObjects(id: AttemptId): Promise<void> {
    await bucket.removeAll((await objectsOf(id)).map(({ key }) => key));
  }
  async function look(): Promise<Readonly<{ present: AttemptId[]; expired: AttemptId[] }>> {
    const [present, marks]: [AttemptId[], AttemptId[]] = [[], []];
    for await (const { objects, folders } of bucket.list(prefix)) {
      present.push(...folders.flatMap((folder) => attemptNamed(folder.slice(prefix.length, -1)) ?? []));
      for (const { key } of objects)
        if (key.endsWith(EXPIRED))
          marks.push(...[attemptNamed(key.slice(prefix.length, -EXPIRED.length)) ?? []].flat());
    }
    return { present, expired: marks };
  }
  const expired = async () => (await look()).expired;
  const markExpired = async (id: AttemptId) => void (await bucket.put(markOf(id), new Uint8Array()));

  return {
    async attempts() {
      const { present, expired: marks } = await look();
      const gone = new Set(marks.map(attemptName));
      return present.filter((id) => !gone.has(attemptName(id)));
    },
    names: async (id) => (await objectsOf(id)).map(({ key }) => key.slice(folderOf(id).length)),
    bytes: async (id) => (await objectsOf(id)).reduce((sum, { bytes }) => sum + bytes, 0),

    async write(id, name, pieces, inspection) {
      // What is in memory already need not wait on disk.
      const [only, ...more] = Array.isArray(pieces) ? (pieces as Uint8Array[]) : [];
      if (only && more.length === 0) {
        inspection?.push(only);
        inspection?.end();
        await turn(() => bucket.put(keyOf(id, name), only));
        return;
      }
      const upload = (whole: Readable) => turn(() => bucket.upload(keyOf(id, name), whole));
      await spool.through(pieces, inspection ?? null, upload);
    },

    read: (id, name) => bucket.get(keyOf(id, name)),
    remove: async (id, name) => void (await bucket.remove(keyOf(id, name))),
    async removeAll(id) {
      await removeObjects(id);
      await bucket.remove(markOf(id));
    },
    removeParts: (id, olderSeconds) => bucket.abandon(folderOf(id), olderSeconds),

    // Marked first: from then on none of it is counted as there, whatever is still to be deleted.
    async expire(id) {
      await markExpired(id);
      await removeObjects(id);
    },
    isExpired: (id) => bucket.has(markOf(id)),
    markExpired,
    expired,
    async finishExpiring() {
      for (const id of await expired()) await removeObjects(id);
    },

    where: (id, name) => bucket.urlOf(keyOf(id, name)),
    file: () => null,
  };
}
