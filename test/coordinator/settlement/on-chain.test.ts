import { expect } from 'chai';
import { Signature } from 'ethers';
import type { SendingContracts } from '#contracts/connect.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import type { Posting } from '#coordinator/round/settling.ts';
import { settler } from '#coordinator/settlement/settle.ts';
import { TributaryError } from '#crypto/error.ts';
import { toSeconds, type Hex } from '#protocol/units.ts';
import { activeJob, settlement, settle as settleRound, type TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { cohort, digestOfText, type Cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { approvalOf, attestationOf, honestly, inPhase, play, resultOf, rulesOf } from '../fixtures.ts';

describe('the coordinator on a real chain', function () {
  this.timeout(60_000);
  let world: World;
  let job: TestJob;
  let members: Cohort;
  const contracts = (): SendingContracts => world.coordinator.contracts;

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, {
      rounds: 2,
      seats: [11n, 22n, 33n, 44n, 55n].map((price) => ({ price, units: 2 })),
    });
    const { chainId, escrow } = world.deployment;
    members = cohort({
      n: 5,
      id: { job: Number(job.job), round: 1, attempt: 1 },
      on: { chainId, escrow },
      lostBeforeMasking: [4],
    });
  });

  const posted = () => readJobFacts(contracts(), Number(job.job)).then(({ settlements }) => settlements);

  /** The attempt with these attestations and the buyer's approval, past its deadline. */
  function posting(attesting: readonly number[], by = world.buyer): Posting {
    const settling = honestly(members, 'settling', rulesOf(members, { buyer: world.buyer.address }));
    const { proposal } = settling.step === 'attesting' ? settling : settling;
    const events: AttemptEvent[] = attesting.map((seat) => attestationOf(members, proposal, seat));
    const approval = approvalOf(members, proposal, by.key);
    if (approval.type !== 'approval') throw new Error('not an approval');
    const signature = Signature.from(approval.upload.signature).serialized as Hex;
    const full: AttemptEvent = { type: 'approval', upload: { ...approval.upload, signature } };
    let state = play(settling, attesting.length > 0 ? [...events, full] : []);
    state = play(state, [{ type: 'deadline' }], settling.deadline);
    const settled = inPhase(state, 'settling');
    if (settled.step !== 'posting') throw new Error('not posting');
    return settled;
  }

  describe('settles a round', () => {
    it('with a quorum that the escrow takes, in seat order', async () => {
      const state = posting([3, 0, 2]);
      const event = await settler(contracts())(state);
      const [settled] = await posted();
      expect(event).to.deep.equal({ type: 'settled', transaction: settled?.transaction });
      expect(settled).to.deep.include({
        ...resultPart(),
        round: 1,
        attempt: 1,
        participants: '0x0f',
        quorum: true,
      });
    });

    it('without one, for the long window', async () => {
      await settler(contracts())(posting([]));
      expect((await posted())[0]).to.deep.include({ ...resultPart(), quorum: false });
    });

    it('once: a second try finds it on chain and sends nothing', async () => {
      const first = await settler(contracts())(posting([0, 1, 2]));
      const nonce = await world.chain.provider.getTransactionCount(world.coordinator.address);
      expect(await settler(contracts())(posting([0, 1, 2]))).to.deep.equal(first);
      expect(await world.chain.provider.getTransactionCount(world.coordinator.address)).to.equal(nonce);
    });

    it('without a quorum that the escrow refuses', async () => {
      const forged = posting([0, 1, 2]);
      const [first, ...others] = forged.quorum?.attestations ?? [];
      const attestations = [{ ...first!, signature: others[0]!.signature }, ...others];
      const quorum = { ...forged.quorum!, attestations };
      expect(await settler(contracts())({ ...forged, quorum })).to.deep.equal({ type: 'quorum-refused' });
      const stranger = posting([0, 1, 2], world.stranger);
      expect(await settler(contracts())(stranger)).to.deep.equal({ type: 'quorum-refused' });
      const late = { ...posting([0, 1, 2]) };
      const expired = { ...late, proposal: { ...late.proposal, deadline: toSeconds(5) } };
      expect(await settler(contracts())(expired)).to.deep.equal({ type: 'quorum-refused' });
      const few = { ...posting([0, 1, 2]) };
      const small = {
        ...few,
        quorum: { ...few.quorum!, attestations: few.quorum!.attestations.slice(0, 2) },
      };
      expect(await settler(contracts())(small)).to.deep.equal({ type: 'quorum-refused' });
      expect(await posted()).to.deep.equal([]);
    });

    it('never over another posting of the same round, which it waits for until that is final', async () => {
      const { readyAt } = await settleRound(
        ...([world, job, settlement(job, 1, digestOfText('payouts'), [0, 1, 2])] as const),
      );
      expect(await codeOf(settler(contracts())(posting([])))).to.equal('coordinator/other-posting');
      await world.chain.mineAt(readyAt);
      const event = await settler(contracts())(posting([]));
      expect(event.type === 'failed' && event.reason).to.match(/^round 1 was settled otherwise, by manifest/);
    });

    it('whose payout root, total, participants and attempt are its own, beside the manifest', async () => {
      const { proposal } = posting([]);
      const own = {
        ...settlement(job, 1, proposal.payoutRoot, [0, 1, 2, 3]),
        manifest: proposal.manifest,
        total: BigInt(proposal.total),
      };
      const others = [
        { ...own, payoutRoot: digestOfText('false payouts') },
        { ...own, total: own.total + 1n },
        { ...own, participants: '0x07' as const },
        { ...own, attempt: 2 },
      ];
      const snapshots = others.map((other) => async () => {
        const before = await world.chain.snapshot();
        await settleRound(world, job, other);
        expect(await codeOf(settler(contracts())(posting([])))).to.equal('coordinator/other-posting');
        await world.chain.revert(before);
      });
      for (const play of snapshots) await play();
      await settleRound(world, job, own);
      expect((await settler(contracts())(posting([]))).type).to.equal('settled');
    });

    it('that was settled between looking and sending, as a success', async () => {
      const { escrow, ...others } = contracts();
      const settle = async (...args: Parameters<typeof escrow.send.settle>) => {
        await escrow.send.settle(...args);
        return escrow.send.settle(...args);
      };
      const event = await settler({ ...others, escrow: { ...escrow, send: { ...escrow.send, settle } } })(
        posting([]),
      );
      expect(event).to.deep.equal({ type: 'settled', transaction: (await posted())[0]?.transaction });
    });

    it('behind one that is void not before that is posted again, and not at all past the cutoff', async () => {
      const first = posting([]);
      const expected = { ...first.rules.expected, round: 2 };
      const second = { ...first, rules: { ...first.rules, expected } };
      expect(await codeOf(settler(contracts())(second))).to.equal('escrow/round-out-of-order');
      await world.chain.mineAt(job.cutoff);
      expect((await settler(contracts())(second)).type).to.equal('failed');
    });

    it('fails past the cutoff, for good, and is to be tried again without a chain', async () => {
      await world.chain.mineAt(job.cutoff);
      const event = await settler(contracts())(posting([]));
      expect(event.type === 'failed' && event.reason).to.contain('PastCutoff');
      const { escrow, ...others } = contracts();
      const away = new TributaryError('chain/unreachable', 'no chain');
      const send = { ...escrow.send, settle: () => Promise.reject(away) };
      const retried = settler({ ...others, escrow: { ...escrow, send } });
      expect(await codeOf(retried(posting([])))).to.equal('chain/unreachable');
    });

    const resultPart = () => {
      const { manifest, payoutRoot, total } = resultOf(members);
      return { manifest, payoutRoot, total: BigInt(total) };
    };
  });
});
