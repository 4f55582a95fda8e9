import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import { seededRng } from '#crypto/random.ts';
import { attest, evidenceFlaw, randomCoordinates } from '#client/steps/attest.ts';
import { isFlaw, membershipIn } from '#client/steps/membership.ts';
import { takeStep } from '#client/take-step.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import type { Evidence } from '#protocol/manifests.ts';
import { bitmapDigest } from '#protocol/rules/bitmap.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { survivorsRoot } from '#protocol/rules/survivors.ts';
import { signedBy } from '#protocol/signature.ts';
import { domain, operatorAddress } from '#test/support/cohort.ts';
import { bench, benchAt, restarted, show, type Bench } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';
import { proposalOf } from '../support/proposal.ts';
import { codeOf } from '../support/outcome.ts';

const callsOf = ({ coordinator }: Bench) => coordinator.sent.map(({ call }) => call);

async function proposed(): Promise<{ at: Bench; proposal: Proposal }> {
  const at = await benchAt('settling');
  return { at, ...(await proposalOf(at)) };
}
/** Evidence that is on the first client's disk, whole or not. */
const carsOf = ({ homes }: Bench) => readdirSync(homes[0]!).filter((name) => name.includes('.car'));
const changed = (proposal: Proposal, change: object): Proposal => ({ ...proposal, ...change });

describe('settling', () => {
  afterEach(removeHomes);

  it('attests what it recomputed, with the operator key, for the escrow', async () => {
    const { at, proposal } = await proposed();
    expect(await takeStep(at.attempts[3]!, at.coordinator.settling(proposal))).to.equal(null);
    const [{ message, signature, seat }] = at.coordinator.attestations as [
      (typeof at.coordinator.attestations)[0],
    ];
    const { manifest, payoutRoot, total, deadline } = proposal;
    const participants = bitmapDigest(proposal.participants);
    expect(message).to.deep.equal({
      ...at.coordinator.id,
      manifest,
      payoutRoot,
      total,
      participants,
      deadline,
    });
    expect(seat).to.equal(3);
    expect(signedBy(operatorAddress(3), domain, 'Attestation', { message, signature })).to.equal(true);
  });

  const lies: [string, string, object][] = [
    ['another payout root', 'payouts/differ', { payoutRoot: `0x${'ab'.repeat(32)}` }],
    ['another total', 'payouts/differ', { total: '1' }],
    ['another bitmap', 'payouts/other-participants', { participants: '0x0f' }],
    ['signatures that are out of date', 'attest/too-late', { deadline: 1_899_999_999 }],
  ];
  for (const [what, code, change] of lies) {
    it(`refuses, signed and with the reason, a proposal with ${what}`, async () => {
      const { at, proposal } = await proposed();
      const [attempt] = at.attempts;
      const lie = changed(proposal, change);
      expect((await takeStep(attempt!, at.coordinator.settling(lie)))?.code).to.equal(code);
      expect(at.coordinator.attestations).to.have.length(0);
      const [refusal] = at.coordinator.refusals;
      expect(refusal?.message).to.deep.equal({
        ...at.coordinator.id,
        seat: 0,
        proposal: lie.manifest,
        reason: code,
      });
      expect(signedBy(operatorAddress(0), domain, 'Refusal', refusal!)).to.equal(true);
      expect(attempt!.lineage.payouts(domain, at.coordinator.id), 'nothing is kept of it').to.equal(null);
    });
  }

  it('neither signs nor refuses what its own node has not got yet', async () => {
    const { at, proposal } = await proposed();
    const unknown = at.coordinator.settling(changed(proposal, { manifest: `0x${'cd'.repeat(32)}` }));
    expect((await failureOf(takeStep(at.attempts[0]!, unknown))).code).to.equal('ipfs/not-found');
    expect(callsOf(at)).to.deep.equal([]);
    expect(await takeStep(at.attempts[0]!, at.coordinator.settling(proposal))).to.equal(null);
    expect(callsOf(at)).to.deep.equal(['attest']);
  });

  it('refuses the same proposal in the same bytes after a restart, without checking it again', async () => {
    const { at, proposal } = await proposed();
    const view = at.coordinator.settling(changed(proposal, { total: '1' }));
    await takeStep(at.attempts[0]!, view);
    const readSeats = () => Promise.reject(new Error('checked again'));
    const again = { ...restarted(at.attempts[0]!, at.homes[0]!), readSeats };
    expect((await takeStep(again, view))?.code).to.equal('payouts/differ');
    expect(callsOf(at)).to.deep.equal(['refuse', 'refuse']);
    expect(at.coordinator.refusals).to.have.length(1);
  });

  it('attests one settlement of an attempt: no other one, across restarts', async () => {
    const { at, proposal } = await proposed();
    await takeStep(at.attempts[0]!, at.coordinator.settling(proposal));
    for (const change of [
      { manifest: `0x${'cd'.repeat(32)}` },
      { payoutRoot: `0x${'cd'.repeat(32)}` },
      { total: '1' },
      { participants: '0x0f' },
    ]) {
      const again = restarted(at.attempts[0]!, at.homes[0]!);
      const outcome = await takeStep(again, at.coordinator.settling(changed(proposal, change)));
      expect(outcome?.code).to.equal('attest/other-proposal');
    }
    expect(callsOf(at)).to.deep.equal(['attest']);
  });

  it('signs the same settlement again: the same bytes, or with a later deadline', async () => {
    const { at, proposal } = await proposed();
    await takeStep(at.attempts[0]!, at.coordinator.settling(proposal));
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    await takeStep(again, at.coordinator.settling(proposal));
    expect(at.coordinator.sent[1]!.body).to.deep.equal(at.coordinator.sent[0]!.body);
    at.coordinator.attestations.length = 0;
    await takeStep(again, at.coordinator.settling(changed(proposal, { deadline: 2_000_000_500 })));
    expect(at.coordinator.attestations[0]?.message.deadline).to.equal(2_000_000_500);
  });

  it('waits, and neither attests nor refuses, while the evidence does not come', async () => {
    const { at, proposal } = await proposed();
    at.coordinator.onCall = (call) => {
      if (call === 'evidence') throw new TributaryError('evidence/forbidden', 'not yet');
    };
    expect(await codeOf(takeStep(at.attempts[0]!, at.coordinator.settling(proposal)))).to.equal(
      'evidence/unreachable',
    );
    expect(at.coordinator.attestations.length + at.coordinator.refusals.length).to.equal(0);
  });

  it('refuses evidence whose bytes are not those of its links', async () => {
    const { at, proposal } = await proposed();
    const { api } = at.coordinator;
    const altered: typeof api.evidence = async function* (...request) {
      for await (const part of api.evidence(...request)) {
        yield part.length > 100 ? part.map((byte) => byte ^ 1) : part;
      }
    };
    const attempt = { ...at.attempts[0]!, api: { ...api, evidence: altered } };
    const outcome = await takeStep(attempt, at.coordinator.settling(proposal));
    expect(outcome?.code).to.equal('evidence/altered');
    expect(at.coordinator.refusals[0]?.message.reason).to.equal('evidence/altered');
    expect(carsOf(at)).to.deep.equal([]);
  });

  it('refuses evidence that does not end', async () => {
    const { at, proposal } = await proposed();
    const { api } = at.coordinator;
    let given = 0;
    const endless: typeof api.evidence = async function* (...request) {
      yield* api.evidence(...request);
      for (; ; given++) yield new Uint8Array(1024);
    };
    const attempt = { ...at.attempts[0]!, api: { ...api, evidence: endless } };
    expect((await takeStep(attempt, at.coordinator.settling(proposal)))?.code).to.equal('evidence/altered');
    expect(given).to.equal(0);
    expect(carsOf(at)).to.deep.equal([]);
  });

  it('fetches evidence once, though the chain is away while it is checked, and keeps none', async () => {
    const { at, proposal } = await proposed();
    let asked = 0;
    at.coordinator.onCall = (call) => void (asked += call === 'evidence' ? 1 : 0);
    const readSeats = () => Promise.reject(new TributaryError('chain/unreachable', 'away'));
    const view = at.coordinator.settling(proposal);
    expect(await codeOf(takeStep({ ...at.attempts[0]!, readSeats }, view))).to.equal('chain/unreachable');
    expect(carsOf(at)).to.have.length(1);
    expect(await takeStep(at.attempts[0]!, view)).to.equal(null);
    expect(asked).to.equal(1);
    expect(carsOf(at)).to.deep.equal([]);
  });

  it('blames its own disk, not the coordinator, for what it reads back wrongly', async () => {
    const { at, proposal } = await proposed();
    const [attempt] = at.attempts;
    const readSeats = async () => {
      const file = join(at.homes[0]!, carsOf(at)[0]!);
      const bytes = readFileSync(file);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(file, bytes);
      return attempt!.readSeats();
    };
    const view = at.coordinator.settling(proposal);
    expect(await codeOf(takeStep({ ...attempt!, readSeats }, view))).to.equal('evidence/unreachable');
    expect(at.coordinator.refusals).to.have.length(0);
    expect(await takeStep(attempt!, view)).to.equal(null);
  });

  it('asks for evidence as itself, for a few minutes', async () => {
    const { at, proposal } = await proposed();
    const asked: object[] = [];
    const api = {
      ...at.coordinator.api,
      evidence: (...[id, request, ...rest]: Parameters<typeof at.coordinator.api.evidence>) => {
        if ('token' in request) throw new Error('a client signs its request');
        const envelope = { message: request.message, signature: request.signature as never };
        expect(signedBy(operatorAddress(0), domain, 'EvidenceRequest', envelope)).to.equal(true);
        asked.push(request.message);
        return at.coordinator.api.evidence(id, request, ...rest);
      },
    };
    await takeStep({ ...at.attempts[0]!, api }, at.coordinator.settling(proposal));
    expect(asked).to.have.length(1);
    expect(asked[0]).to.deep.equal({
      ...at.coordinator.id,
      requester: operatorAddress(0),
      deadline: 1_900_000_300,
    });
  });

  it('is for the roster that it accepted', async () => {
    const { at, proposal } = await proposed();
    const view = { ...at.coordinator.settling(proposal), roster: at.coordinator.enrolments.slice(1) };
    expect((await attest(at.attempts[0]!, view))?.code).to.equal('roster/changed');
    expect(callsOf(at)).to.deep.equal([]);
  });

  it('does not take sound evidence of another roster, or of other survivors', async () => {
    const { at } = await proposed();
    const { evidence } = await proposalOf(at);
    const membership = await membershipIn(at.attempts[0]!, at.coordinator.enrolments);
    if (isFlaw(membership)) throw new Error(membership.code);
    const view = at.coordinator.view('unmasking');
    const codeFor = (shown: typeof view.inputs, change: Partial<Evidence>) => {
      const { roster, inputs } = { ...evidence, ...change };
      const known = { membership, survivors: survivorsRoot(shown) };
      return evidenceFlaw(at.attempts[0]!, known, buildRoster(domain, roster), { inputs })?.code;
    };
    expect(codeFor(view.inputs, {})).to.equal(undefined);
    expect(codeFor(view.inputs, { roster: evidence.roster.slice(1) })).to.equal('evidence/other-roster');
    expect(codeFor(view.inputs, { inputs: evidence.inputs.slice(1) })).to.equal('evidence/other-survivors');
    expect(codeFor(view.inputs.slice(1), {}), 'shown others').to.equal('evidence/other-survivors');
    // Shown the same others beside it: this client opened shares for the first.
    expect(codeFor(view.inputs.slice(1), { inputs: evidence.inputs.slice(1) })).to.equal(
      'evidence/other-survivors',
    );
  });

  it('samples distinct, ascending coordinates of a large vector, all of a small one', () => {
    const rng = seededRng(new Uint8Array(1));
    expect(randomCoordinates(13, rng)).to.deep.equal([...Array(13).keys()]);
    expect(randomCoordinates(1024, rng)).to.have.length(1024);
    const chosen = randomCoordinates(1_000_000, rng);
    expect(new Set(chosen).size).to.equal(1024);
    expect(chosen).to.deep.equal([...chosen].sort((a, b) => a - b));
    expect(chosen.at(-1)).to.be.within(900_000, 999_999);
    expect(randomCoordinates(1_000_000, rng)).to.not.deep.equal(chosen);
  });

  it('is not for those who did not enrol', async () => {
    const at = await bench();
    await show(at, 'enrolling', [0, 1, 2, 3]);
    for (const phase of ['sharing', 'masking', 'confirming', 'unmasking'] as const)
      await show(at, phase, [0, 1, 2, 3]);
    const { proposal } = await proposalOf(at);
    expect(await takeStep(at.attempts[4]!, at.coordinator.settling(proposal))).to.equal(null);
    expect(at.coordinator.attestations).to.have.length(0);
  });
});
