import { expect } from 'chai';
import { fromHex } from '#crypto/bytes.ts';
import { halfRange } from '#crypto/parameters.ts';
import { takeStep } from '#client/take-step.ts';
import { loadAggregate } from '#model/aggregate.ts';
import { digestHex } from '#model/model-store.ts';
import { cidFromDigest, cidOf, decodeBlock } from '#protocol/dag.ts';
import { roundSchema, type RoundManifest } from '#protocol/manifests.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { updateKeyOf } from '#client/steps/retry.ts';
import { domain } from '#test/support/cohort.ts';
import { bench, benchAt, playUntil, show, type Bench } from './support/cohort.ts';
import { filesIn, removeHomes } from './support/home.ts';
import { proposalOf } from './support/proposal.ts';

async function settle(at: Bench) {
  const { proposal } = await proposalOf(at);
  const flaws = [];
  for (const attempt of at.attempts) flaws.push(await takeStep(attempt, at.coordinator.settling(proposal)));
  return { proposal, flaws };
}

async function manifestOf({ lineage }: Bench, digest: string): Promise<RoundManifest> {
  const bytes = await lineage.store.get(cidFromDigest('dag-cbor', fromHex(digest)));
  return roundSchema.parse(decodeBlock(bytes));
}

describe('a round of five clients', () => {
  afterEach(removeHomes);

  it('sums exactly what they quantised, and all attest it', async () => {
    const at = await bench();
    await playUntil(at, 'settling');
    const { proposal, flaws } = await settle(at);

    const { sum } = await loadAggregate(
      at.lineage.store,
      (await manifestOf(at, proposal.manifest)).aggregate,
      13,
    );
    const zero = halfRange(16);
    const quantised = at.attempts.map((attempt) => attempt.journal.update(updateKeyOf(attempt))!.quantised);
    const expected = [...sum.keys()].map((c) =>
      quantised.reduce((total, words) => total + words[c]! - zero, 0),
    );
    expect([...sum]).to.deep.equal(expected);
    expect(expected.some((value) => value < 0) && expected.some((value) => value > 1000)).to.equal(true);
    expect(flaws).to.deep.equal([null, null, null, null, null]);
    expect(at.coordinator.attestations.map(({ seat }) => seat)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(at.coordinator.refusals).to.have.length(0);
  });

  it('goes on without one that is lost after sharing, who still opens shares and attests', async () => {
    const at = await bench();
    await playUntil(at, 'unmasking', { masking: [1] });
    await show(at, 'unmasking');
    const { proposal, flaws } = await settle(at);

    expect(seatsOf(proposal.participants)).to.deep.equal([0, 2, 3, 4]);
    expect(at.coordinator.unmaskings.map(({ message }) => message.member)).to.deep.equal([0, 1, 2, 3, 4]);
    const kinds = at.coordinator.unmaskings.map(({ shares }) => shares.map(({ kind }) => kind).join());
    expect(new Set(kinds)).to.deep.equal(new Set(['seed,mask,seed,seed,seed']));
    expect(flaws).to.deep.equal([null, null, null, null, null]);
  });

  it('goes on without one that is lost before sharing', async () => {
    const at = await bench();
    await playUntil(at, 'settling', { sharing: [4] });
    const { proposal } = await settle(at);
    expect(seatsOf(proposal.participants)).to.deep.equal([0, 1, 2, 3]);
    expect((await manifestOf(at, proposal.manifest)).sharers).to.deep.equal([0, 1, 2, 3]);
    expect(at.coordinator.attestations).to.have.length(5);
  });

  it('keeps manifest and leaves in each home', async () => {
    const at = await bench();
    await playUntil(at, 'settling');
    const { proposal } = await settle(at);
    const kept = at.attempts[2]!.lineage.payouts(domain, at.coordinator.id);
    expect(kept?.root).to.equal(proposal.payoutRoot);
    expect(kept?.leaves[2]).to.deep.equal({ seat: 2, units: 1, bonus: '60' });
    const manifest = filesIn(at.homes[2]!).get(`lineage/31337-${domain.escrow}/7/1/manifest.cbor`);
    expect(manifest && digestHex(cidOf('dag-cbor', manifest))).to.equal(proposal.manifest);
  });

  it('sends each message once, however often it sees the same phase', async () => {
    const at = await bench();
    for (const phase of ['enrolling', 'sharing', 'masking', 'confirming', 'unmasking'] as const) {
      await show(at, phase);
      await show(at, phase);
    }
    const calls = at.coordinator.sent.map(({ call }) => call);
    expect(calls).to.have.length(25);
  });

  it('can be held before it acts in a phase, if it has a part in it', async () => {
    const at = await benchAt('sharing');
    const held: string[] = [];
    const hold = async (phase: string) => void held.push(`${phase} ${at.coordinator.sent.length}`);
    const held0 = {
      ...at,
      attempts: at.attempts.map((attempt) => (attempt.seat === 0 ? { ...attempt, hold } : attempt)),
    };
    for (const phase of ['sharing', 'masking', 'confirming', 'unmasking'] as const) await show(held0, phase);
    await takeStep(held0.attempts[0]!, at.coordinator.settling((await proposalOf(at)).proposal));
    expect(held).to.deep.equal(['sharing 0', 'masking 5', 'confirming 10', 'unmasking 15', 'settling 20']);

    const onlooker = await bench({ members: [0] });
    await takeStep({ ...onlooker.attempts[0]!, hold }, at.coordinator.view('sharing'));
    expect(held).to.have.length(5);
  });
});
