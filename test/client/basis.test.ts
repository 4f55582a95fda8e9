import { expect } from 'chai';
import { basisOf, payoutsFlaw } from '#client/basis.ts';
import { openJournal } from '#client/journal/journal.ts';
import { isFlaw } from '#client/steps/membership.ts';
import type { JobFacts } from '#contracts/job-facts.ts';
import { putAggregate } from '#model/aggregate.ts';
import { putModel } from '#model/model-store.ts';
import { decodeBlock } from '#protocol/dag.ts';
import { roundSchema } from '#protocol/manifests.ts';
import { toAmount, toBytes32, toSeconds } from '#protocol/units.ts';
import { digestOfText, domain, operatorKey } from '#test/support/cohort.ts';
import { forged, lineageRound, type LineageRound } from '#test/support/lineage.ts';
import { factsOf } from './support/facts.ts';
import { quick, theJob } from './support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';
import { codeOf } from './support/outcome.ts';

describe('what a round starts from', () => {
  let rounds: LineageRound[];
  before(async () => {
    const lineage = await theJob();
    const first = await lineageRound(lineage, [], [1]);
    rounds = [first, await lineageRound(lineage, [first])];
  });
  afterEach(removeHomes);

  const journal = () => openJournal(newHome(), operatorKey(2), quick);
  const outcome = async (facts: JobFacts, kept = journal()) => {
    const { store, job } = await theJob();
    const basis = await basisOf(store, job, facts, kept);
    return isFlaw(basis) ? basis.code : basis;
  };
  /** The second round with another manifest than an honest one. */
  const withManifest = async (change: object): Promise<JobFacts> => {
    const { store } = await theJob();
    const bytes = await store.get(rounds[1]!.result.manifest);
    const lie = await forged(store, roundSchema.parse(decodeBlock(bytes)), change);
    return factsOf([rounds[0]!, { ...rounds[1]!, settled: { ...rounds[1]!.settled, manifest: lie.digest } }]);
  };

  it('is the initial model of the seed before the first round', async () => {
    const { initial } = await theJob();
    const basis = await outcome(await factsOf());
    expect(basis).to.deep.include({ round: 1, previous: null });
    expect((basis as { model: object }).model).to.have.property('digest', initial.digest);
  });

  it('is the model that the last settled round gives, with what the next manifest continues', async () => {
    const basis = await outcome(await factsOf(rounds));
    const { result, settled } = rounds[1]!;
    expect((basis as { model: object }).model).to.have.property('digest', result.after.digest);
    expect(basis).to.deep.include({
      round: 3,
      previous: {
        manifest: result.manifest,
        transaction: settled.transaction,
        leaves: result.payouts.leaves,
        optimiser: null,
      },
    });
  });

  it('is refused where the initial model is not the one of the seed', async () => {
    const { store, job, initial } = await theJob();
    const weights = initial.weights.map((weight, at) => (at === 3 ? weight + 0.5 : weight));
    const chosen = await putModel(store, initial.topologyCid, initial.topology, weights);
    const other = { ...job, manifest: { ...job.manifest, model: chosen.cid } };
    const basis = await basisOf(store, other, await factsOf(), journal());
    expect(basis).to.have.property('code', 'terms/other-initial-model');
  });

  it('is refused where the last round does not follow from its aggregate', async () => {
    const { store } = await theJob();
    const { before, sum } = rounds[1]!;
    const lied = sum.map((value, at) => (at === 2 ? value + 1 : value));
    const aggregate = await putAggregate(store, { sum: lied, weightSum: 15, survivors: 5 });
    expect(await outcome(await withManifest({ aggregate }))).to.equal('model/transition');
    const modelAfter = before.cid;
    expect(await outcome(await withManifest({ modelAfter }))).to.equal('model/transition');
  });

  it('is not begun on a lineage whose links are broken', async () => {
    const codeOn = (facts: JobFacts) => codeOf(outcome(facts));
    expect(await codeOn(await withManifest({ previous: null }))).to.equal('lineage/broken-link');
    expect(await codeOn(await withManifest({ modelBefore: rounds[0]!.before.cid }))).to.equal(
      'lineage/broken-link',
    );
    const other = { ...rounds[1]!, settled: { ...rounds[1]!.settled, payoutRoot: digestOfText('x') } };
    expect(await codeOn(await factsOf([rounds[0]!, other]))).to.equal('lineage/broken-link');
  });

  it('is refused where the last round pays other amounts than the rounds earned', async () => {
    const facts = await factsOf(rounds);
    const last = facts.settlements[1]!;
    const settledWith = (change: object) =>
      payoutsFlaw({ ...facts, settlements: [facts.settlements[0]!, { ...last, ...change }] })?.code ?? null;
    expect(settledWith({})).to.equal(null);
    expect(settledWith({ total: last.total + 1n })).to.equal('history/other-payouts');
    expect(settledWith({ payoutRoot: digestOfText('x') })).to.equal('history/other-payouts');
    expect(settledWith({ participants: '0x0f' })).to.equal('history/other-payouts');
    expect(await outcome({ ...facts, bonusPool: 901_000n })).to.equal('history/other-payouts');
  });

  it('is refused where the chain has another settlement than this client attested', async () => {
    const { proposal } = rounds[1]!;
    const attest = (change: object) => {
      const kept = journal();
      const message = {
        job: 7,
        round: 2,
        attempt: 1,
        manifest: proposal.manifest,
        payoutRoot: proposal.payoutRoot,
        total: toAmount(1n),
        participants: toBytes32(`0x${'00'.repeat(32)}`),
        deadline: toSeconds(1),
        ...change,
      };
      const { signature } = rounds[1]!.members.enrolments[0]!;
      kept.attempt(domain, { job: 7, round: 2, attempt: 1 }).decide('attestation', { message, signature });
      return kept;
    };
    const facts = await factsOf(rounds);
    expect(await outcome(facts, attest({ manifest: digestOfText('x') }))).to.equal(
      'history/other-than-attested',
    );
    expect(await outcome(facts, attest({ payoutRoot: digestOfText('x') }))).to.equal(
      'history/other-than-attested',
    );
    expect(await outcome(facts, attest({}))).to.have.property('round', 3);
    // Unless it has recomputed what was posted since: a void round's successor is made anew.
    const { store, job } = await theJob();
    const other = attest({ manifest: digestOfText('x') });
    const isRight = (head: string) => head === facts.settlements[1]!.head;
    expect(await basisOf(store, job, facts, other, isRight)).to.have.property('round', 3);
  });
});
