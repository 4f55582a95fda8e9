/** An honest sparse attempt from enrolling to attesting, one member lost at upload. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { halfRange } from '#crypto/parameters.ts';
import { quantise } from '#crypto/quantise.ts';
import { decodeShare } from '#crypto/shamir.ts';
import { fromHex } from '#crypto/bytes.ts';
import { takeStep } from '#client/take-step.ts';
import { loadAggregate } from '#model/aggregate.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { readBlock } from '#datasets/read-block.ts';
import { roundSchema } from '#protocol/manifests.ts';
import { draw, twelve } from '#test/support/near.ts';
import { updateOf } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';
import { proposalOf } from '../support/proposal.ts';
import { everyone, lostOne, nearBenchAt, neighboursOf, seats, viewFor, weight } from './bench.ts';

const sparse = { draw, seats: twelve };
const own = 4;

describe('a sparse attempt', () => {
  afterEach(removeHomes);

  const settling = async (members: readonly number[]) => {
    const at = await nearBenchAt('settling', members);
    const { proposal } = await proposalOf(at, at.lineage.initial, null, { sparse, seats });
    return { at, proposal };
  };
  const attest = async ({ at, proposal }: Awaited<ReturnType<typeof settling>>, change: object = {}) => {
    const found: (string | null)[] = [];
    for (const attempt of at.attempts) {
      const view = { ...viewFor(at, 'settling', attempt.seat, proposal), ...change };
      found.push((await takeStep(attempt, view))?.code ?? null);
    }
    return found;
  };

  it('opens the seed of each survivor, and the mask key of the lost one, by neighbours alone', async () => {
    const at = await nearBenchAt('settling', []);
    const uploads = at.coordinator.unmaskings;
    expect(uploads).to.have.length(11);
    for (const { message, shares } of uploads) {
      const { member } = message;
      const near = [...neighboursOf(at, member), member].sort((a, b) => a - b);
      expect(shares.map((share) => share.member)).to.deep.equal(near);
      for (const share of shares) {
        expect(share.kind).to.equal(share.member === lostOne ? 'mask' : 'seed');
        expect(decodeShare(fromHex(share.y)) > 0n).to.equal(true);
      }
    }
  });

  it('gives the plain sum of the survivors, which its members attest, lost or not', async () => {
    const members = everyone.filter((seat) => seat !== lostOne);
    const { at, proposal } = await settling([own, lostOne]);
    expect(await attest({ at, proposal })).to.deep.equal([null, null]);
    expect(at.coordinator.attestations.map(({ seat }) => seat)).to.deep.equal([own, lostOne]);

    const cid = cidFromDigest('dag-cbor', fromHex(proposal.manifest));
    const manifest = await readBlock(at.lineage.store, cid, roundSchema, 'the manifest');
    expect(manifest.graph).to.deep.equal(draw);
    const { dimension, bits } = at.lineage.job.parameters;
    const { sum } = await loadAggregate(at.lineage.store, manifest.aggregate, dimension);
    const plain = new Float64Array(dimension);
    for (const seat of members) {
      const quantised = quantise(updateOf(seat, dimension), weight, at.lineage.job.parameters);
      quantised.forEach((word, coordinate) => (plain[coordinate]! += word - halfRange(bits)));
    }
    expect([...sum]).to.deep.equal([...plain]);
  });

  it('is attested only as the escrow holds it', async () => {
    const round = await settling([own]);
    const escrow = { ...round.at.escrow.attempt };
    const lies = [
      [{ roster: round.at.expected.model }, 'roster/not-on-chain'],
      [{ seedBlock: 41 }, 'graph/other-seed'],
      [{ survivors: round.at.expected.model }, 'outcome/other-survivors'],
    ] as const;
    for (const [lie, code] of lies) {
      const { at } = await settling([own]);
      at.escrow.attempt = { ...escrow, ...lie };
      expect(await attest({ at, proposal: round.proposal })).to.deep.equal([code]);
      expect(at.coordinator.refusals.map(({ message }) => message.reason)).to.deep.equal([code]);
      expect(at.coordinator.attestations).to.have.length(0);
    }
  });

  it('is attested only for the roster and the survivors that the client was shown', async () => {
    const { at, proposal } = await settling([own]);
    const shown = viewFor(at, 'unmasking', own).inputs;
    const inputs = { ...shown, tree: at.expected.model };
    expect(await attest({ at, proposal }, { inputs })).to.deep.equal(['evidence/other-survivors']);
    const view = viewFor(at, 'unmasking', own).roster;
    const roster = { ...view, tree: at.expected.model };
    const other = await settling([own]);
    expect(await attest(other, { roster })).to.deep.equal(['roster/changed']);
  });

  it('is asked about again where the chain lags: nothing is refused for that', async () => {
    const { at, proposal } = await settling([own]);
    const attempt = {
      ...at.attempts[0]!,
      readCommitted: () => Promise.reject(new TributaryError('chain/not-final', 'later')),
    };
    const view = viewFor(at, 'settling', own, proposal);
    expect(await codeOf(takeStep(attempt, view))).to.equal('chain/not-final');
    expect(at.coordinator.refusals).to.have.length(0);
    expect(attempt.record.decided('refusal')).to.equal(null);
  });
});
