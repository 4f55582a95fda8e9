/** What an owner or a buyer recomputes of a proposal, and by which code it refuses one that was bent. protocol.md §4.7 */
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { readBlock } from '#datasets/read-block.ts';
import { checkProposal, type ProposalCheck } from '#model/check-proposal.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { roundSchema, type Evidence } from '#protocol/manifests.ts';
import { toAmount } from '#protocol/units.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { digestOfText, signed } from '#test/support/cohort.ts';
import {
  forged,
  lineageJob,
  lineageRound,
  seatPrices,
  type LineageJob,
  type LineageRound,
} from '#test/support/lineage.ts';

describe('a proposal', () => {
  let made: LineageJob;
  let first: LineageRound;
  let second: LineageRound;
  before(async () => {
    made = await lineageJob();
    first = await lineageRound(made, [], [3]);
    second = await lineageRound(made, [first]);
  });

  const check = (change: Partial<ProposalCheck> = {}): ProposalCheck => ({
    job: made.job,
    id: second.members.id,
    proposal: second.proposal,
    seats: seatPrices.map((price, seat) => ({ ...price, ...second.members.seats[seat]! })),
    bonusPool: 900n,
    before: second.before,
    previous: second.previous,
    store: made.store,
    evidenceStore: made.store,
    readCommitted: () => Promise.reject(new Error('asked about a sparse attempt')),
    coordinates: [0, 5, 9, 12],
    ...change,
  });
  const refusal = async (change: Partial<ProposalCheck>) => {
    const verdict = await checkProposal(check(change));
    return verdict.holds ? 'holds' : verdict.flaw.code;
  };
  const withEvidence = async (change: Partial<Evidence>) => {
    const { digest } = await forged(made.store, second.evidence, change);
    return refusal({ proposal: { ...second.proposal, evidence: digest } });
  };

  it('holds when all of it is recomputed the same', async () => {
    const verdict = await checkProposal(check());
    expect(verdict.holds && verdict.result.digest).to.equal(second.proposal.manifest);
  });
  it('is refused with another payout root, total, bitmap or manifest', async () => {
    const bent = (change: object) => refusal({ proposal: { ...second.proposal, ...change } });
    expect(await bent({ payoutRoot: digestOfText('x') })).to.equal('payouts/differ');
    expect(await bent({ total: toAmount(1n) })).to.equal('payouts/differ');
    expect(await bent({ participants: '0x1e' })).to.equal('payouts/other-participants');
    expect(await bent({ manifest: first.proposal.manifest })).to.not.equal('holds');
  });
  it('is refused with a false sum, at a coordinate that is looked at', async () => {
    const sum = second.sum.slice();
    sum[5] = sum[5]! + 1;
    const members = second.members;
    const { roundResult } = await import('#model/round-result.ts');
    const lie = await roundResult(made.store, {
      job: made.job,
      seats: seatPrices,
      bonusPool: 900n,
      id: members.id,
      roster: members.roster,
      sharers: [...members.sharers],
      inputs: members.inputs,
      evidence: second.proposal.evidence,
      sum,
      before: second.before,
      previous: second.previous,
    });
    const proposal = { ...second.proposal, manifest: lie.digest };
    expect(await refusal({ proposal })).to.equal('aggregate/differs');
    expect(await refusal({ proposal, coordinates: [0, 1] })).to.equal('holds');
  });
  it('is refused when it starts from another model or round', async () => {
    expect(await refusal({ before: made.initial })).to.equal('enrolment/other-terms');
    expect(await refusal({ previous: null })).to.equal('payouts/differ');
    expect(await refusal({ previous: { ...second.previous!, transaction: digestOfText('x') } })).to.equal(
      'manifest/differs',
    );
    expect(await refusal({ id: { ...second.members.id, attempt: 2 } })).to.equal('message/other-attempt');
  });
  it('is refused with evidence of other inputs, secrets, confirmations or rosters', async () => {
    const { evidence } = second;
    const swapped = evidence.inputs.map((input, i) =>
      i === 0 ? { ...input, vector: evidence.inputs[1]!.vector } : input,
    );
    expect(await withEvidence({ inputs: swapped })).to.equal('evidence/other-input');
    expect(await withEvidence({ secrets: evidence.secrets.slice(1) })).to.equal('evidence/secrets-missing');
    expect(await withEvidence({ confirmations: evidence.confirmations.slice(0, 2) })).to.equal(
      'confirm/too-few',
    );
    const enrolment = evidence.roster[0]!.message;
    const forgedRoster = [signed(1, 'Enrolment', enrolment), ...evidence.roster.slice(1)];
    expect(await withEvidence({ roster: forgedRoster })).to.equal('message/bad-signature');
    expect(await withEvidence({ round: 9 })).to.equal('message/other-attempt');
  });
  it('is refused with an input dropped from the sum', async () => {
    const inputs = second.evidence.inputs.slice(1);
    expect(await withEvidence({ inputs })).to.equal('confirm/not-a-survivor');
  });
  it('is refused when the evidence is not there', async () =>
    expect(await refusal({ proposal: { ...second.proposal, evidence: digestOfText('x') } })).to.equal(
      'ipfs/not-found',
    ));
  it('is no lie where one’s own node has not got its blocks yet: it is to be asked again', async () => {
    const { aggregate } = await readBlock(
      made.store,
      cidFromDigest('dag-cbor', fromHex(second.proposal.manifest)),
      roundSchema,
      'the manifest',
    );
    const behind = {
      get: (cid: CID) =>
        cid.equals(aggregate)
          ? Promise.reject(new TributaryError('ipfs/not-found', 'not here yet'))
          : made.store.get(cid),
    };
    expect((await failureOf(checkProposal(check({ store: behind })))).code).to.equal('ipfs/not-found');
  });
});
