/** When a client may mask for the same model again after a sparse attempt. protocol.md §4.8 */
import { expect } from 'chai';
import type { Attempt } from '#client/attempt.ts';
import { retryFlaw } from '#client/steps/retry.ts';
import { takeStep } from '#client/take-step.ts';
import type { AttemptOnChain } from '#contracts/attempts.ts';
import { removeHomes } from '../support/home.ts';
import { nearBench, nearBenchAt, show, type NearBench } from './bench.ts';

const own = 4;

/** The same bench whose only client is changed. */
const withAttempt = (at: NearBench, change: (attempt: Attempt) => Partial<Attempt>): NearBench => ({
  ...at,
  attempts: at.attempts.map((attempt) => ({ ...attempt, ...change(attempt) })),
});
const calls = ({ coordinator }: NearBench) => coordinator.sent.map(({ call }) => call);
const tell = (at: NearBench, change: Partial<AttemptOnChain>) =>
  void (at.escrow.attempt = { ...at.escrow.attempt, ...change });

describe('another input after a sparse attempt', () => {
  afterEach(removeHomes);
  const second = async (before: NearBench) => {
    const at = await nearBench({ homes: before.homes, members: [own], id: { job: 7, round: 1, attempt: 2 } });
    Object.assign(at.escrow, before.escrow);
    return at;
  };
  const code = async ({ attempts }: NearBench) => (await retryFlaw(attempts[0]!))?.code ?? null;

  it('waits until the escrow holds that the attempt is aborted', async () => {
    const at = await second(await nearBenchAt('confirming', [own]));
    for (const outcome of ['none', 'committed', 'survivors'] as const) {
      tell(at, { outcome });
      expect(await code(at)).to.equal('retry/not-aborted');
    }
    tell(at, { outcome: 'aborted' });
    expect(await code(at)).to.equal(null);
  });

  it('believes no other escrow', async () => {
    const at = await second(await nearBenchAt('confirming', [own]));
    tell(at, { outcome: 'aborted' });
    const escrow = at.attempts[0]!.seat === own ? (`0x${'dd'.repeat(20)}` as never) : null;
    const elsewhere = (change: object) =>
      withAttempt(at, ({ job }) => ({ job: { ...job, id: { ...job.id, ...change } } }));
    expect(await code(elsewhere({ escrow }))).to.equal('retry/not-aborted');
    expect(await code(elsewhere({ chainId: 1 }))).to.equal('retry/not-aborted');
  });

  it('never follows opened shares', async () => {
    const before = await nearBenchAt('unmasking', [own]);
    await show(before, 'unmasking');
    const at = await second(before);
    tell(at, { outcome: 'aborted' });
    expect(await code(at)).to.equal('retry/already-revealed');
  });

  it('needs no abort of the members: none is sent', async () => {
    const at = await nearBenchAt('confirming', [own]);
    expect(await takeStep(at.attempts[0]!, at.coordinator.view('aborted'))).to.equal(null);
    expect(calls(at)).to.deep.equal([]);
  });
});
