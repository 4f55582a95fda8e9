import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import {
  keepSweeping,
  keptUntil,
  sweepEvidence,
  type Finality,
  type RetentionParts,
} from '#coordinator/evidence-retention.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { keptEvidence, openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk } from '#coordinator/store/files.ts';
import { TributaryError } from '#crypto/error.ts';
import { cidOf } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { codeOf } from './code-of.ts';
import { manualClock, memoryLog, settle } from './fakes.ts';
import { cohort, digestOfText, honestly, inPhase, play, rulesOf, START } from './fixtures.ts';
import { newFolder, removeFolder } from './store/folder.ts';

const day = 86_400;
const terms = { readers: [], retentionDays: 90 };
const finality: Finality = {
  chainTime: START + 10_000 * day,
  cutoff: START + 10 * day,
  longWindow: day,
  frozenFrom: 0,
  settlements: [{ round: 1, readyAt: START + day }],
};

describe('how long evidence is kept', () => {
  it('is counted from the final round; of one that is not settled, from when it would be final at the latest', () => {
    expect(keptUntil({ round: 1 }, terms, finality)).to.equal(START + 91 * day);
    expect(keptUntil({ round: 2 }, terms, finality)).to.equal(START + 101 * day);
  });

  it('has no end while a dispute is open of the round, or of one before it', () => {
    const frozenFrom = 2;
    expect(keptUntil({ round: 1 }, terms, { ...finality, frozenFrom })).to.equal(START + 91 * day);
    expect(keptUntil({ round: 2 }, terms, { ...finality, frozenFrom })).to.equal(Infinity);
    expect(keptUntil({ round: 3 }, terms, { ...finality, frozenFrom })).to.equal(Infinity);
  });

  it('is never shorter than a round can be challenged', () => {
    const short = { ...terms, retentionDays: 1 };
    expect(keptUntil({ round: 1 }, short, { ...finality, longWindow: 5 * day })).to.equal(START + 6 * day);
    expect(keptUntil({ round: 2 }, short, { ...finality, longWindow: 5 * day })).to.equal(START + 20 * day);
  });
});

describe('the sweep of evidence', () => {
  const settledOne = { job: 7, round: 1, attempt: 2 };
  const failedOne = { job: 7, round: 2, attempt: 1 };
  const underWay = { job: 7, round: 2, attempt: 2 };
  const states = new Map<AttemptId, Attempt>();
  let folder: string;

  before(() => {
    const settling = honestly(cohort({ n: 3 }), 'settling');
    const posting = inPhase(play(settling, [{ type: 'deadline' }], settling.deadline), 'settling');
    states.set(settledOne, play(posting, [{ type: 'settled', transaction: digestOfText('transaction') }]));
    states.set(failedOne, play(posting, [{ type: 'failed', reason: 'past the cutoff' }]));
    states.set(underWay, settling);
  });
  beforeEach(async () => {
    folder = await newFolder();
    for (const id of states.keys()) {
      await openEvidence(attemptsIn(folder, disk))(id).put('raw', Uint8Array.of(id.round, id.attempt));
    }
  });
  afterEach(() => removeFolder(folder));

  const stateOf = ({ round, attempt }: AttemptId) =>
    [...states].find(([id]) => id.round === round && id.attempt === attempt)?.[1] ?? null;

  function setup(changes: Partial<RetentionParts> = {}) {
    const clock = manualClock();
    const log = memoryLog();
    const parts: RetentionParts = {
      evidence: keptEvidence(attemptsIn(folder, disk)),
      isMine: () => true,
      attempt: async (id) => stateOf(id),
      finalityOf: async () => finality,
      clock,
      log,
      ...changes,
    };
    const sweep = (signal = new AbortController().signal) => sweepEvidence(parts, signal);
    return { clock, log, parts, sweep };
  }
  const kept = async () => (await readdir(folder)).filter((name) => !name.endsWith('.expired')).sort();
  const read = ({ round, attempt }: AttemptId) =>
    codeOf(
      openEvidence(attemptsIn(folder, disk))({ job: 7, round, attempt }).get(
        cidOf('raw', Uint8Array.of(round, attempt)),
      ),
    );

  it('deletes at the second of the terms and no earlier, each attempt for itself, none that is under way', async () => {
    const { clock, log, sweep } = setup();
    await clock.advance(91 * day - 1);
    await sweep();
    expect(await kept()).to.deep.equal(['7-1-2', '7-2-1', '7-2-2']);
    await clock.advance(1);
    await sweep();
    expect(await kept()).to.deep.equal(['7-2-1', '7-2-2']);
    expect(log.lines).to.deep.equal([
      { level: 'info', facts: settledOne, message: 'evidence deleted: its time is over' },
    ]);
    await clock.advance(9_000 * day);
    await sweep();
    expect(await kept()).to.deep.equal(['7-2-2']);
    expect(await read(underWay)).to.equal('resolved');
  });

  it('leaves word that there was some', async () => {
    const { clock, sweep } = setup();
    await clock.advance(91 * day);
    expect(await read(settledOne)).to.equal('resolved');
    await sweep();
    expect(await read(settledOne)).to.equal('evidence/expired');
    expect(await readdir(join(folder, '7-1-2.expired'))).to.deep.equal([]);
    expect(await read({ ...settledOne, attempt: 3 })).to.equal('evidence/unknown-block');
  });

  it('waits for the slower of the two clocks', async () => {
    const behind = { ...finality, chainTime: START + 91 * day - 1 };
    const { clock, sweep } = setup({ finalityOf: async () => behind });
    await clock.advance(1_000 * day);
    await sweep();
    expect(await kept()).to.include('7-1-2');
  });

  it('reads the chain once a job, and goes no further once it is stopped', async () => {
    const asked: number[] = [];
    const stopping = new AbortController();
    const { sweep } = setup({
      async finalityOf(job) {
        asked.push(job);
        return finality;
      },
    });
    await sweep();
    expect(asked).to.deep.equal([7]);
    stopping.abort();
    await sweep(stopping.signal);
    expect(asked).to.deep.equal([7]);
  });

  for (const cut of ['rename', 'syncFolder'] as const) {
    it(`that is cut off at ${cut} shows all or nothing, and the next one ends it`, async () => {
      const cutOff = { ...disk, [cut]: () => Promise.reject(new Error('killed')) };
      const { clock, sweep } = setup({ evidence: keptEvidence(attemptsIn(folder, cutOff)) });
      await clock.advance(91 * day);
      await sweep();
      const gone = cut === 'syncFolder';
      expect(await read(settledOne)).to.equal(gone ? 'evidence/expired' : 'resolved');
      expect(await readdir(join(folder, gone ? '7-1-2.expired' : '7-1-2'))).to.have.length(1);
      const again = setup();
      await again.clock.advance(91 * day);
      await again.sweep();
      expect(await readdir(join(folder, '7-1-2.expired'))).to.deep.equal([]);
      expect(await read(settledOne)).to.equal('evidence/expired');
    });
  }

  it('takes away a copy that was put back', async () => {
    const { clock, sweep } = setup();
    await clock.advance(91 * day);
    await sweep();
    await openEvidence(attemptsIn(folder, disk))(settledOne).put('raw', Uint8Array.of(1, 2));
    await writeFile(join(folder, '7-1-2.expired', 'left'), 'x');
    expect(await read(settledOne)).to.equal('resolved');
    await sweep();
    expect(await read(settledOne)).to.equal('evidence/expired');
  });

  it('leaves alone what it can not judge, and what is no evidence', async () => {
    await mkdir(join(folder, 'notes.expired'));
    await writeFile(join(folder, 'notes.expired', 'x'), 'x');
    await mkdir(join(folder, '7-9-1'));
    const { clock, log, sweep } = setup({
      finalityOf: () => Promise.reject(new TributaryError('chain/unreachable', 'no answer')),
    });
    await clock.advance(1_000 * day);
    await sweep();
    expect(await kept()).to.deep.equal(['7-1-2', '7-2-1', '7-2-2', '7-9-1']);
    expect(await readdir(join(folder, 'notes.expired'))).to.deep.equal(['x']);
    const away = { code: 'chain/unreachable', error: 'no answer' };
    expect(log.lines.map(({ level, facts }) => [level, facts])).to.have.deep.members([
      ['warn', { ...settledOne, ...away }],
      ['warn', { ...failedOne, ...away }],
      ['warn', { job: 7, round: 9, attempt: 1 }],
    ]);
    await removeFolder(folder);
    await sweep();
  });

  it('comes every hour, until the coordinator stops', async () => {
    let asked = 0;
    const announced = announce(rulesOf(cohort({ n: 3 })));
    const { clock, parts } = setup({
      async attempt() {
        asked += 1;
        return announced;
      },
    });
    const stopping = new AbortController();
    const sweeping = keepSweeping(parts, stopping.signal);
    const until = async (count: number) => {
      while (asked < count || clock.timers() === 0) await settle();
    };
    await until(3);
    await clock.advance(3_599);
    expect(asked).to.equal(3);
    await clock.advance(1);
    await until(6);
    stopping.abort();
    await sweeping;
    expect(clock.timers()).to.equal(0);
  });
});
