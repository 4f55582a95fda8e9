/** What a client of a sparse attempt does not go along with, and that nothing leaves it then. */
import { expect } from 'chai';
import type { Attempt } from '#client/attempt.ts';
import { takeStep } from '#client/take-step.ts';
import type { AttemptOnChain } from '#contracts/attempts.ts';
import { flaw } from '#protocol/flaw.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { shownRoot } from '#protocol/rules/neighbourhood.ts';
import { digestOfText, signed } from '#test/support/cohort.ts';
import { twelve } from '#test/support/near.ts';
import { removeHomes } from '../support/home.ts';
import {
  agree,
  everyone,
  lostOne,
  nearBenchAt,
  neighboursOf,
  rosterOf,
  show,
  viewFor,
  type NearBench,
} from './bench.ts';

const own = 4;
const other = digestOfText('other');

/** The same bench whose only client is changed. */
const withAttempt = (at: NearBench, change: (attempt: Attempt) => Partial<Attempt>): NearBench => ({
  ...at,
  attempts: at.attempts.map((attempt) => ({ ...attempt, ...change(attempt) })),
});
const calls = ({ coordinator }: NearBench) => coordinator.sent.map(({ call }) => call);
const tell = (at: NearBench, change: Partial<AttemptOnChain>) =>
  void (at.escrow.attempt = { ...at.escrow.attempt, ...change });

describe('the client of a sparse roster', () => {
  afterEach(removeHomes);
  const sharing = () => nearBenchAt('sharing', [own]);

  it('shares among its neighbours, once the escrow holds the roster, and reads that once', async () => {
    const at = await sharing();
    expect(await show(at, 'sharing')).to.deep.equal([null]);
    expect(calls(at)).to.deep.equal(['share']);
    expect(at.coordinator.shares[0]!.ciphertexts.filter((text) => text !== '0x')).to.have.length(6);
    expect(at.escrow.asked).to.equal(1);
  });

  it('waits for a roster and a draw that are final, and takes no other', async () => {
    const lies = [
      [{ outcome: 'none' }, 'roster/not-final'],
      [{ roster: other }, 'roster/not-on-chain'],
      [{ outcome: 'aborted' }, 'roster/aborted'],
      [{ seedBlock: 41 }, 'graph/not-drawn'],
    ] as const;
    for (const [lie, code] of lies) {
      const at = await sharing();
      tell(at, lie);
      expect(await show(at, 'sharing')).to.deep.equal([code]);
      expect(calls(at)).to.deep.equal([]);
    }
  });

  it('takes the graph that the block draws, and no other neighbours', async () => {
    const at = await sharing();
    at.escrow.seed = other;
    expect(await show(at, 'sharing')).to.deep.equal(['roster/other-neighbours']);
    expect(calls(at)).to.deep.equal([]);
  });

  it('takes a sparse roster only where its terms want one, and then no whole one', async () => {
    const at = await sharing();
    const complete = withAttempt(at, ({ job }) => ({ job: { ...job, sparse: null } }));
    expect(await show(complete, 'sharing')).to.deep.equal(['graph/not-sparse']);
    const whole = await takeStep(at.attempts[0]!, at.coordinator.view('sharing'));
    expect(whole?.code).to.equal('graph/other-parameters');
    expect(calls(at)).to.deep.equal([]);
  });

  it('takes no part where no graph is safe under the terms', async () => {
    const at = await sharing();
    const unsafe = { above: 2, corruption: 0.3, dropout: 0.4 };
    const asked = withAttempt(at, ({ job }) => ({ job: { ...job, sparse: unsafe } }));
    expect(await show(asked, 'sharing')).to.deep.equal(['parameters/no-safe-graph']);
    expect(calls(at)).to.deep.equal([]);
  });

  it('takes one kind of roster in an attempt', async () => {
    const at = await sharing();
    const complete = withAttempt(at, ({ job }) => ({ job: { ...job, sparse: null } }));
    expect(await takeStep(complete.attempts[0]!, at.coordinator.view('sharing'))).to.equal(null);
    at.attempts[0]!.acknowledged.clear();
    expect(await show(await nearOf(at), 'masking')).to.deep.equal(['roster/changed']);

    const near = await nearBenchAt('masking', [own]);
    const view = near.coordinator.view('masking');
    const job = { ...near.attempts[0]!.job, sparse: null };
    expect((await takeStep({ ...near.attempts[0]!, job }, view))?.code).to.equal('roster/changed');
  });

  /** With all shares there are, so that only the roster can be at fault. */
  const nearOf = async (at: NearBench) => {
    const { coordinator } = await nearBenchAt('masking', []);
    at.coordinator.shares.splice(0);
    at.coordinator.shares.push(...coordinator.shares);
    return at;
  };

  it('must be in it, with the enrolment that it sent', async () => {
    const at = await sharing();
    const view = viewFor(at, 'sharing', own);
    const without = seatBitmap(
      everyone.filter((seat) => seat !== own),
      twelve,
    );
    const roster = { ...view.roster, seats: without };
    expect((await takeStep(at.attempts[0]!, { ...view, roster }))?.code).to.equal('roster/left-out');

    const { message } = at.coordinator.enrolments[own]!;
    const { channelKey, maskKey } = message;
    const swapped = { ...message, channelKey: maskKey, maskKey: channelKey };
    at.coordinator.enrolments[own] = signed(own, 'Enrolment', swapped);
    tell(at, { roster: rosterOf(at).root });
    expect(await show(at, 'sharing')).to.deep.equal(['roster/own-keys']);
    expect(calls(at)).to.deep.equal([]);
  });

  it('holds its size against the terms, and all of it against its owner’s policy', async () => {
    const at = await sharing();
    const small = withAttempt(at, ({ job }) => ({
      job: { ...job, manifest: { ...job.manifest, minimumCohort: 13 } },
    }));
    expect(await show(small, 'sharing')).to.deep.equal(['roster/below-minimum']);
    const sizes: number[] = [];
    const cohortFlaw: Attempt['cohortFlaw'] = (cohort) => {
      sizes.push(cohort.length);
      return flaw('policy/refused', 'no');
    };
    expect(
      await show(
        withAttempt(at, () => ({ cohortFlaw })),
        'sharing',
      ),
    ).to.deep.equal(['policy/refused']);
    expect(sizes).to.deep.equal([twelve]);
    expect(calls(at)).to.deep.equal([]);
  });

  it('is accepted once: neither tree nor seats may change', async () => {
    for (const change of [{ tree: other }, { seats: '0xff07' as const }]) {
      const at = await nearBenchAt('masking', [own]);
      const codes = await show(at, 'masking', [own], ({ roster }) => ({ roster: { ...roster, ...change } }));
      expect(codes).to.deep.equal(['roster/changed']);
      expect(calls(at)).to.deep.equal([]);
    }
  });
});

describe('the client of sparse sharers', () => {
  afterEach(removeHomes);

  it('masks with five neighbours or more, and with its own shares as it sent them', async () => {
    const at = await nearBenchAt('masking', [own]);
    const [one, two] = neighboursOf(at, own);
    const but = (...lost: (number | undefined)[]) =>
      show(at, 'masking', [own], ({ sharers }) => ({
        sharers: sharers.filter(({ message }) => !lost.includes(message.member)),
      }));
    expect(await but(one, two)).to.deep.equal(['sharers/too-few']);
    expect(await but(own)).to.deep.equal(['sharers/left-out']);
    const resigned = await show(at, 'masking', [own], ({ sharers }) => ({
      sharers: sharers.map((old) =>
        old.message.member === own ? signed(own, 'Shares', { ...old.message, shareRoot: other }) : old,
      ),
    }));
    expect(resigned).to.deep.equal(['sharers/own-shares']);
    expect(calls(at)).to.deep.equal([]);
    expect(await but(one)).to.deep.equal([null]);
    expect(calls(at)).to.deep.equal(['upload']);
  });
});

describe('the client of sparse survivors', () => {
  afterEach(removeHomes);
  const confirming = () => nearBenchAt('confirming', [own]);

  it('confirms again whatever smaller set it is asked of, until the escrow holds one', async () => {
    const at = await confirming();
    expect(await show(at, 'confirming')).to.deep.equal([null]);
    const [one] = neighboursOf(at, own).filter((member) => member !== lostOne);
    const far =
      everyone.find((m) => m !== own && m !== lostOne && !neighboursOf(at, own).includes(m)) ?? one!;
    at.coordinator.inputs.splice(
      at.coordinator.inputs.findIndex(({ message }) => message.member === far),
      1,
    );
    at.coordinator.confirmations.splice(0);
    expect(await show(at, 'confirming')).to.deep.equal([null]);
    expect(calls(at)).to.deep.equal(['confirm', 'confirm']);
    const root = shownRoot(rosterOf(at), viewFor(at, 'confirming', own).inputs);
    expect(at.coordinator.confirmations[0]!.message.survivors).to.equal(root);
  });

  it('has nothing to confirm where it is lost', async () => {
    const at = await nearBenchAt('confirming', [lostOne]);
    expect(await show(at, 'confirming')).to.deep.equal([null]);
    expect(calls(at)).to.deep.equal([]);
  });

  it('aborts what it does not accept, and says why', async () => {
    const refuse = async (change: (at: NearBench) => NearBench, code: string) => {
      const at = change(await confirming());
      expect(await show(at, 'confirming')).to.deep.equal([code]);
      expect(at.coordinator.aborts.map(({ message }) => message.reason)).to.deep.equal([code]);
      expect(calls(at)).to.deep.equal(['abort']);
    };
    const drop = (at: NearBench, list: 'inputs' | 'shares', lost: readonly number[]) => {
      const kept = at.coordinator[list].filter(({ message }) => !lost.includes(message.member));
      at.coordinator[list].splice(0, Infinity, ...(kept as never[]));
      return at;
    };
    const near = (at: NearBench, many: number) =>
      neighboursOf(at, own)
        .filter((member) => member !== lostOne)
        .slice(0, many);
    await refuse((at) => drop(at, 'inputs', near(at, 2)), 'survivors/cut-off');
    await refuse((at) => drop(at, 'shares', near(at, 1)), 'sharers/changed');
    await refuse((at) => drop(at, 'shares', near(at, 2)), 'sharers/too-few');
    await refuse((at) => {
      const place = at.coordinator.inputs.findIndex(({ message }) => message.member === own);
      const { message } = at.coordinator.inputs[place]!;
      at.coordinator.inputs[place] = signed(own, 'Input', { ...message, inputRoot: other });
      return at;
    }, 'survivors/own-input');
    const cohortFlaw: Attempt['cohortFlaw'] = (cohort) =>
      cohort.length === 11 ? flaw('policy/refused', 'no') : null;
    await refuse((at) => withAttempt(at, () => ({ cohortFlaw })), 'policy/refused');
  });
});

describe('the client that is to open sparse shares', () => {
  afterEach(removeHomes);
  const unmasking = () => nearBenchAt('unmasking', [own]);

  it('does so only of the survivors that the escrow holds', async () => {
    const lies = [
      [{ outcome: 'none' }, 'outcome/not-final'],
      [{ outcome: 'committed' }, 'outcome/not-final'],
      [{ outcome: 'aborted' }, 'unmask/aborted'],
      [{ survivors: other }, 'outcome/other-survivors'],
    ] as const;
    for (const [lie, code] of lies) {
      const at = await unmasking();
      tell(at, lie);
      expect(await show(at, 'unmasking')).to.deep.equal([code]);
      expect(calls(at)).to.deep.equal([]);
    }
  });

  it('does so only with the word of each neighbour, and its owner’s leave', async () => {
    const at = await unmasking();
    const peer = neighboursOf(at, own).find((member) => member !== lostOne)!;
    const codes = await show(at, 'unmasking', [own], ({ confirmations }) => ({
      confirmations: confirmations.filter(({ message }) => message.member !== peer),
    }));
    expect(codes).to.deep.equal(['confirm/too-few']);
    const cohortFlaw = () => flaw('policy/refused', 'no');
    expect(
      await show(
        withAttempt(at, () => ({ cohortFlaw })),
        'unmasking',
      ),
    ).to.deep.equal(['policy/refused']);
    expect(calls(at)).to.deep.equal([]);
  });

  it('does so though it is lost itself', async () => {
    const at = await nearBenchAt('unmasking', [lostOne]);
    expect(await show(at, 'unmasking')).to.deep.equal([null]);
    expect(calls(at)).to.deep.equal(['unmask']);
  });

  it('does so once: for no other survivors, even if the escrow held them', async () => {
    const at = await unmasking();
    expect(await show(at, 'unmasking')).to.deep.equal([null]);
    at.coordinator.inputs.pop();
    agree(at);
    expect(await show(at, 'unmasking')).to.deep.equal(['unmask/already-revealed']);
    expect(calls(at)).to.deep.equal(['unmask']);
  });
});
