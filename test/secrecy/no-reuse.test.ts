/**
 * No key meets two messages: not when a client dies at any write of any phase, nor when answers of the coordinator are
 * lost, nor in an attempt after aborts. protocol.md §3.1, §3.4, §4.8
 */
import { writeSync } from 'node:fs';
import { expect } from 'chai';
import type { Attempt } from '#client/attempt.ts';
import type { DiskCalls } from '#client/journal/disk.ts';
import { openJournal } from '#client/journal/journal.ts';
import { takeStep } from '#client/take-step.ts';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { seededRng } from '#crypto/random.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import { toSeconds } from '#protocol/units.ts';
import { domain } from '#test/support/cohort.ts';
import { bench, show, type Bench } from '#test/client/support/cohort.ts';
import { copyHome, removeHomes } from '#test/client/support/home.ts';
import { proposalOf } from '#test/client/support/proposal.ts';
import { abortsBy, next, shownEarlier } from '#test/client/support/retry.ts';
import { Recorder } from './recorder.ts';
import { reusedAtRest, reusedChannels, reusedMasks } from './reuse.ts';

/** It dies at every write. */
const mortal = 1;
/** Its every message arrives, and every first answer is lost. */
const unheard = 2;

describe('no key meets two messages', () => {
  let recorder: Recorder;
  let vectors: Map<string, string>;
  let lives: number;
  beforeEach(() => {
    recorder = new Recorder();
    vectors = new Map();
    lives = 0;
    recorder.start();
  });
  afterEach(() => {
    recorder.stop();
    removeHomes();
  });

  /** A client as its process starts: all but its home is new. @param writes how many succeed before it dies */
  function alive(attempt: Attempt, home: string, writes: number): Attempt {
    let left = writes;
    const calls: DiskCalls = {
      write: (file, bytes) => {
        if (left-- <= 0) throw new Error('killed');
        writeSync(file, bytes);
      },
      sync: () => undefined,
    };
    const journal = openJournal(home, attempt.key, calls);
    const rng = seededRng(new TextEncoder().encode(`life ${lives++}`));
    return { ...attempt, journal, record: journal.attempt(domain, attempt.id), acknowledged: new Set(), rng };
  }

  async function step(at: Bench, attempt: Attempt, view: AttemptView): Promise<void> {
    const by = `${attempt.seat} ${attempt.id.attempt} ${view.phase} ${lives++}`;
    const sent = at.coordinator.sent.length;
    try {
      await recorder.during(by, () => takeStep(attempt, view));
    } finally {
      const upload = at.coordinator.sent.slice(sent).find(({ vector }) => vector);
      if (upload?.vector) vectors.set(by, toHex(upload.vector));
    }
  }

  const away = (): never => {
    throw new TributaryError('coordinator/unreachable', 'the answer was lost');
  };

  /** Shows a view to all five, with deaths and lost answers on the way. @returns how often one died */
  async function playedHard(at: Bench, view: AttemptView): Promise<number> {
    let deaths = 0;
    for (const attempt of at.attempts) {
      if (attempt.seat === mortal) {
        for (let writes = 0, done = false; !done; writes += 1) {
          const life = alive(attempt, at.homes[mortal]!, writes);
          done = await step(at, life, view).then(
            () => true,
            () => false,
          );
          deaths += done ? 0 : 1;
        }
      } else if (attempt.seat === unheard) {
        const { api } = attempt;
        const upload: typeof api.upload = async (...sent) => (await api.upload(...sent), away());
        const share: typeof api.share = async (...sent) => (await api.share(...sent), away());
        const deaf = { ...alive(attempt, at.homes[unheard]!, 99), api: { ...api, upload, share } };
        await step(at, deaf, view).catch(() => undefined);
        await step(at, alive(attempt, at.homes[unheard]!, 99), view);
      } else {
        await step(at, attempt, view);
      }
    }
    return deaths;
  }

  it('over crashes at every write, lost answers, an aborted attempt and its retry', async () => {
    const first = await bench();
    const deaths: Record<string, number> = {};
    for (const phase of ['enrolling', 'sharing', 'masking'] as const) {
      deaths[phase] = await playedHard(first, first.coordinator.view(phase));
    }
    deaths['aborting'] = await playedHard(
      first,
      first.coordinator.view('confirming', { deadline: toSeconds(1) }),
    );
    expect(first.coordinator.aborts).to.have.length(5);

    const second = await next(first);
    second.coordinator.earlier = shownEarlier(first, abortsBy(first, [0, 1, 2, 3, 4]));
    for (const phase of ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking'] as const) {
      deaths[`again ${phase}`] = await playedHard(second, second.coordinator.view(phase));
    }
    const { proposal } = await proposalOf(second);
    deaths['settling'] = await playedHard(second, second.coordinator.settling(proposal));
    expect(second.coordinator.attestations).to.have.length(5);

    // Training, keys and enrolment, aborts; a seed with its shares; what was received, the vector, that it is sent …
    for (const [phase, count] of Object.entries(deaths)) expect(count, phase).to.be.above(0);
    expect(reusedAtRest(recorder)).to.deep.equal([]);
    expect(reusedChannels(recorder, [first.coordinator, second.coordinator])).to.deep.equal([]);
    expect(reusedMasks(recorder, vectors)).to.deep.equal([]);
  });

  it('counts what there is to count: n (n − 1) channels and n (n + 1) / 2 masks, at counter zero', async () => {
    const at = await bench();
    for (const phase of ['enrolling', 'sharing', 'masking'] as const) {
      for (const attempt of at.attempts) await step(at, attempt, at.coordinator.view(phase));
    }
    const channels = recorder.seals.filter(
      ({ by, aad }) => by.includes('sharing') && !aad.startsWith('attempts/'),
    );
    expect(new Set(channels.map(({ key }) => key)).size).to.equal(20);
    const masks = recorder.streams.filter(({ by }) => by.includes('masking'));
    expect(new Set(masks.map(({ key }) => key)).size).to.equal(15);
    expect(masks).to.have.length(25);
    expect(new Set(masks.map(({ counter }) => counter))).to.deep.equal(new Set([`0x${'00'.repeat(16)}`]));
  });

  it('would be seen to: a home that is put back to before it shared, or masked', async () => {
    const at = await bench();
    await show(at, 'enrolling');
    const enrolled = copyHome(at.homes[3]!);
    for (const attempt of at.attempts) await step(at, attempt, at.coordinator.view('sharing'));
    const shared = copyHome(at.homes[3]!);
    for (const attempt of at.attempts) await step(at, attempt, at.coordinator.view('masking'));
    expect(reusedChannels(recorder, [at.coordinator])).to.deep.equal([]);
    expect(reusedMasks(recorder, vectors)).to.deep.equal([]);

    // Neither is taken by the coordinator, but both have left.
    const fewer = at.coordinator.view('masking').sharers.slice(1);
    const views = [at.coordinator.view('sharing'), at.coordinator.view('masking', { sharers: fewer })];
    const [sharing, masking] = views as [AttemptView, AttemptView];
    await step(at, alive(at.attempts[3]!, enrolled, 99), sharing).catch(() => undefined);
    await step(at, alive(at.attempts[3]!, shared, 99), masking).catch(() => undefined);
    expect(reusedChannels(recorder, [at.coordinator])).to.have.length(4);
    // Its self mask, and its pair masks with those that are still sharers.
    expect(reusedMasks(recorder, vectors)).to.have.length(4);
  });
});
