/** Wherever a connection breaks and whenever the coordinator starts again, a follower gets each event once, in order. */
import { expect } from 'chai';
import fc from 'fast-check';
import { JobDriver } from '#coordinator/driver/job-driver.ts';
import { followEvents as serve } from '#coordinator/events/follow.ts';
import { sharedReads } from '#coordinator/events/shared-reads.ts';
import { eventTexts } from '#coordinator/http/event-stream.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openEventRows } from '#coordinator/store/job-events.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { TributaryError } from '#crypto/error.ts';
import { followEvents, type Connect } from '#protocol/http/follow-events.ts';
import { patience, runs } from '#test/support/runs.ts';
import { id, members } from '../driver/driving.ts';
import { driverParts } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { save } from '../store/save.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';

const job = { job: id.job, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;

/** What happens while somebody follows: an event, a connection that breaks after so many bytes, or a restart. */
const happenings = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('tell' as const), events: fc.integer({ min: 1, max: 4 }) }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('cut' as const), bytes: fc.nat(900) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
  ),
  { minLength: 5, maxLength: 25 },
);

describe('a follower of events', function () {
  this.timeout(patience(60_000));
  let folder: string;
  let database: Database;
  before(async () => {
    folder = await newFolder();
    database = await openEmbedded({ folder, prepared: preparedDatabase() });
  });
  after(async () => {
    await database.close();
    await removeFolder(folder);
  });

  async function resumed() {
    const { parts } = driverParts({ records: openRecords(database) });
    return { driver: await JobDriver.resume(parts, job), clock: parts.clock };
  }

  it('gets each once and in order, over broken connections and restarts', async () => {
    const rows = openEventRows(database);
    const read = sharedReads(rows);
    await save(openRecords(database), {
      job,
      attempts: [{ revision: 1, state: announce(rulesOf(members)) }],
      message: null,
    });
    let told = 0;
    const property = fc.asyncProperty(happenings, async (plan) => {
      let running = await resumed();
      const start = await rows.last(id.job);
      // The restart itself may have told something.
      const first = start?.number ?? 0;
      let cutAfter = Infinity;
      let cut = (): void => undefined;
      const connect: Connect = async function* (after, signal) {
        const gone = new AbortController();
        signal?.addEventListener('abort', () => gone.abort());
        cut = () => gone.abort();
        const { driver, clock } = running;
        const following = { rows, read, clock, gone: gone.signal, heartbeatSeconds: 15 };
        for await (const text of eventTexts(serve(driver, after, 1_000_000, following))) {
          const bytes = new TextEncoder().encode(text);
          const taken = bytes.subarray(0, cutAfter);
          cutAfter -= taken.length;
          yield taken;
          if (taken.length < bytes.length) {
            cutAfter = Infinity;
            throw new TributaryError('coordinator/unreachable', 'cut');
          }
        }
      };
      const ends = new AbortController();
      const seen: number[] = [];
      const again: string[] = [];
      const following = (async () => {
        const options = { signal: ends.signal, after: `${start?.stream}-${first}` };
        const soon = () => new Promise<void>((resolve) => setImmediate(resolve));
        for await (const event of followEvents(connect, options, soon)) {
          if (event.type === 'read-again') again.push(event.reason);
          else seen.push(Number(event.id.split('-')[1]));
        }
      })();
      const turns = async (count: number) => {
        for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      };
      for (const happening of plan) {
        if (happening.kind === 'cut') cutAfter = happening.bytes;
        else if (happening.kind === 'restart') {
          await running.driver.stop();
          running = await resumed();
        } else {
          for (let one = 0; one < happening.events; one += 1) {
            told += 1;
            await running.driver.note({
              name: `note ${told}`,
              event: { type: 'changed', ...id, revision: told },
            });
          }
        }
        await turns(3);
      }
      const last = (await rows.last(id.job))?.number ?? 0;
      while ((seen.at(-1) ?? first) < last) await turns(5);
      ends.abort();
      cut();
      await following;
      await running.driver.stop();
      expect(again).to.deep.equal([]);
      expect(seen).to.deep.equal(Array.from({ length: last - first }, (_, index) => first + 1 + index));
    });
    await fc.assert(property, { numRuns: runs(8, 400) });
  });
});
