import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { keepSweeping, keptUntil, sweepEvidence, type Retention } from '#coordinator/evidence-retention.ts';
import { keptEvidence, openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk } from '#coordinator/store/files.ts';
import { TributaryError } from '#crypto/error.ts';
import { manualClock, memoryLog, settle } from './fakes.ts';
import { START } from './fixtures.ts';
import { newFolder, removeFolder } from './store/folder.ts';

const day = 86_400;
const settledRound = { job: 7, round: 1, attempt: 2 };
const openRound = { job: 7, round: 2, attempt: 1 };
const retention: Retention = {
  retentionSeconds: 90 * day,
  cutoff: START + 10 * day,
  settlements: [{ round: 1, readyAt: START + day }],
};

describe('evidence is kept', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await newFolder();
    const evidence = openEvidence(folder, disk);
    for (const id of [settledRound, openRound]) await evidence(id).put('raw', Uint8Array.of(id.round));
  });
  afterEach(() => removeFolder(folder));

  const setup = (retentionOf: (job: number) => Promise<Retention>) => {
    const clock = manualClock();
    const log = memoryLog();
    return { clock, log, parts: { evidence: keptEvidence(folder), retentionOf, clock, log } };
  };

  it('for the time of the terms after its round is final; of an open round, after the cutoff', () => {
    expect(keptUntil(settledRound, retention)).to.equal(START + 91 * day);
    expect(keptUntil({ ...settledRound, attempt: 1 }, retention)).to.equal(START + 91 * day);
    expect(keptUntil(openRound, retention)).to.equal(START + 100 * day);
  });

  it('until that second and no longer, each attempt for itself', async () => {
    const { clock, log, parts } = setup(async (job) => {
      expect(job).to.equal(7);
      return retention;
    });
    await clock.advance(91 * day - 1);
    await sweepEvidence(parts);
    expect((await readdir(folder)).sort()).to.deep.equal(['7-1-2', '7-2-1']);
    await clock.advance(1);
    await sweepEvidence(parts);
    expect(await readdir(folder)).to.deep.equal(['7-2-1']);
    expect(log.lines).to.deep.equal([
      { level: 'info', facts: settledRound, message: 'evidence deleted: its time is over' },
    ]);
    await clock.advance(9 * day);
    await sweepEvidence(parts);
    expect(await keptEvidence(folder).attempts()).to.deep.equal([]);
  });

  it('where the chain is away, and what is none is left alone', async () => {
    await mkdir(join(folder, 'notes'));
    await writeFile(join(folder, '7-1-2-old'), 'x');
    const { clock, log, parts } = setup(() =>
      Promise.reject(new TributaryError('chain/unreachable', 'no answer')),
    );
    await clock.advance(1_000 * day);
    await sweepEvidence(parts);
    expect((await readdir(folder)).sort()).to.deep.equal(['7-1-2', '7-1-2-old', '7-2-1', 'notes']);
    expect(log.lines).to.have.length(2);
    for (const [at, id] of [settledRound, openRound].entries()) {
      expect(log.lines[at]).to.deep.include({
        level: 'warn',
        facts: { ...id, code: 'chain/unreachable', error: 'no answer' },
      });
    }
    expect(await keptEvidence(join(folder, 'none')).attempts()).to.deep.equal([]);
  });

  it('by a sweep every hour, until the coordinator stops', async () => {
    let asked = 0;
    const { clock, parts } = setup(async () => {
      asked += 1;
      return retention;
    });
    const stopping = new AbortController();
    const sweeping = keepSweeping(parts, stopping.signal);
    const until = async (count: number) => {
      while (asked < count || clock.timers() === 0) await settle();
    };
    await until(2);
    await clock.advance(3_599);
    expect(asked).to.equal(2);
    await clock.advance(1);
    await until(4);
    stopping.abort();
    await sweeping;
    expect(clock.timers()).to.equal(0);
  });
});
