/** Other terms, another model, other keys or owners than the chain had when the job was sold. protocol.md §4.2, §6.1 */
import { expect } from 'chai';
import { halfRange } from '#crypto/parameters.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import type { Job } from '#model/job.ts';
import { digestHex, putModel } from '#model/model-store.ts';
import { fromParameters } from '#protocol/aggregation.ts';
import { modelSchema } from '#protocol/manifests.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { noLie, type Lie } from './front.ts';
import { lyingIpfs } from './lying-ipfs.ts';
import { apart, type Play, type Victim } from './play.ts';
import { Stage } from './stage.ts';
import { rosterShown, sentIn, sumOf, untilSent } from './sums.ts';
import { skipping, type Check } from './weakened.ts';

const others = [1, 2, 3];

describe('a coordinator and its friends that tell some clients something else', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** Shares reach the liar alone: what its code would make of them does not matter. */
  const listening: Lie = { ...noLie, keeps: ({ call }) => call === 'unmaskings' };

  /** The sum of all, when the others had nothing to say: every word of theirs is the grid's zero. */
  async function aloneInTheSum(play: Play, victim: Victim, job: Job = play.job): Promise<Uint32Array> {
    await untilSent(play, play.id, 'unmaskings', 4);
    const sum = sumOf(play, job, play.id, rosterShown(victim, play.job, play.id));
    return sum.map((word) => word - others.length * halfRange(play.job.parameters.bits));
  }

  const coarse = ({ job }: Play) =>
    writeBlock(stage.ipfs, fromParameters({ ...job.parameters, range: 2 ** 40 }));

  const otherBytes = {
    /** One that learns nothing. */
    model: async ({ job }: Play) => {
      const { topology } = await readBlock(stage.ipfs, job.manifest.model, modelSchema, 'the model');
      const zeros = new Float32Array(job.topology.dimension);
      const { cid } = await putModel(stage.ipfs, topology, job.topology, zeros);
      return [job.manifest.model.toString(), await stage.ipfs.get(cid)] as const;
    },
    /** A grid on which every update is nought. */
    parameters: async (play: Play) =>
      [play.job.manifest.aggregation.toString(), await stage.ipfs.get(await coarse(play))] as const,
  };

  const hashedAgain: Check = {
    file: 'datasets/ipfs.ts',
    passage: "if (!isBlockOf(cid, bytes)) throw mismatch(shown, cid, 'it gave other bytes');",
    put: '',
  };

  for (const what of ['model', 'parameters'] as const) {
    const lied = (
      without: readonly Check[],
      act: (play: Play, others: readonly Victim[]) => Promise<void>,
    ): Promise<void> =>
      stage.play(apart(4), async (play) => {
        play.lie = listening;
        const node = await lyingIpfs(stage.ipfsUrl, new Map([await otherBytes[what](play)]));
        try {
          await act(
            play,
            await Promise.all(others.map((seat) => play.victim(seat, { without, ipfsUrl: node.url }))),
          );
        } finally {
          await node.stop();
        }
      });

    it(`another block by the name of the ${what} is refused`, () =>
      lied([], async (play, told) => {
        const refuse = ({ codes }: Victim) => codes.includes('ipfs/block-mismatch');
        await play.until('refusals', () => told.every(refuse));
        expect(play.sent()).to.deep.equal([]);
      }));

    it(`another block for the ${what}, and would leave one update alone in the sum if it were not hashed again`, () =>
      lied([hashedAgain], async (play) => {
        const victim = await play.victim(0);
        expect(await aloneInTheSum(play, victim)).to.deep.equal(play.secretOf(0));
      }));
  }

  /** The RPCs of all but seat 0 show other terms, under which their updates are nought. */
  async function termsApart(play: Play, without: readonly Check[]): Promise<Victim> {
    const aggregation = await coarse(play);
    const terms = digestHex(await writeBlock(stage.ipfs, { ...play.job.manifest, aggregation }));
    play.lie = { ...listening, view: (view, seat) => (seat === 0 ? view : { ...view, terms }) };
    const told = others.map((seat) =>
      play.victim(seat, {
        without,
        bend: (reads) => ({ ...reads, facts: async (job) => ({ ...(await reads.facts(job)), terms }) }),
      }),
    );
    await Promise.all(told);
    return play.victim(0, { without });
  }

  it('members under other terms are refused', () =>
    stage.play(apart(4), async (play) => {
      const victim = await termsApart(play, []);
      await play.refused(victim, 'enrolment/other-terms');
      expect(victim.calls()).to.deep.equal(['enrolments']);
    }));

  it('members under other terms, and would leave one update alone in a sum of clients that compare none', () =>
    stage.play(apart(4), async (play) => {
      // Two checks: enrolments repeat the digests, and every key is bound to that of the parameters (§3.3).
      const unbound: Check = {
        file: 'client/attempt.ts',
        passage: 'parameters: fromHex(job.digests.parameters),',
        put: 'parameters: new Uint8Array(32),',
      };
      const victim = await termsApart(play, [skipping('enrolment/other-terms'), unbound]);
      const { digests } = play.job;
      const job = { ...play.job, digests: { ...digests, parameters: nothing } };
      expect(await aloneInTheSum(play, victim, job)).to.deep.equal(play.secretOf(0));
    }));

  for (const name of ['model', 'terms'] as const) {
    const elsewhere: Lie = { ...listening, view: (view) => ({ ...view, [name]: digestOfText('another') }) };

    it(`a view of another ${name} is refused`, () =>
      stage.play(apart(3), async (play) => {
        play.lie = elsewhere;
        const victim = await play.victim(0);
        await play.refused(victim, `view/other-${name}`);
        expect(victim.calls()).to.deep.equal([]);
      }));

    it(`a view of another ${name} would move nobody: without the check a client signs what the chain has`, () =>
      stage.play(apart(3), async (play) => {
        play.lie = elsewhere;
        await play.victim(0, { without: [skipping(`view/other-${name}`)] });
        await untilSent(play, play.id, 'enrolments', 1);
        const [sent] = sentIn(play, play.id, 'enrolments');
        expect((sent!.body as Signed<Enrolment>).message[name]).to.equal(play.expected[name]);
      }));
  }
});

const nothing: Bytes32 = toBytes32(`0x${'00'.repeat(32)}`);
