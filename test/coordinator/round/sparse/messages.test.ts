import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import type { MessageEvent } from '#coordinator/round/attempt.ts';
import type { Bytes32, Hex } from '#protocol/units.ts';
import { membersDigest } from '#protocol/rules/survivors.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  drawOf,
  honestly,
  inPhase,
  inputs,
  outcome,
  play,
  revealedOf,
  rulesOf,
  sharings,
  signed,
  unmaskingOf,
  unmaskings,
} from '../../fixtures.ts';

/** Six neighbours of seven others; t = 5. Member 6 is lost at upload. */
const members = cohort({ n: 8, draw: drawOf(6, 5), lostBeforeMasking: [6] });
const { graph } = members.roster;
const stranger = [1, 2, 3, 4, 5, 6, 7].find((one) => !graph.neighboursOf(0).has(one)) ?? -1;
const deadline = { type: 'deadline' } as const;

describe('sharing in a sparse graph', () => {
  const sharing = honestly(members, 'sharing');
  const all = sharings(members);
  const upload = (texts: readonly Hex[]): MessageEvent => {
    const ciphertextRoot = toHex(
      merkleRoot(texts.map((text) => Buffer.from(text.slice(2), 'hex'))),
    ) as Bytes32;
    const message = { ...members.shares[0]!.message, ciphertextRoot };
    return { type: 'shares', upload: { ...signed(0, 'Shares', message), ciphertexts: [...texts] } };
  };
  const texts = members.dealt.get(0)!.ciphertexts.map((text) => toHex(text));
  const own = holdersOf(graph, 0).rankOf(0) ?? -1;
  const changed = (place: number, text: Hex) => texts.map((one, at) => (at === place ? text : one));

  it('takes one ciphertext a holder, empty at the own place', () => {
    expect(texts.length).to.equal(7);
    expect(outcome(sharing, all[0]!)).to.equal('sharing');
    expect(outcome(sharing, upload(texts.slice(1)))).to.equal('shares/ciphertexts');
    expect(outcome(sharing, upload([...texts, '0x11']))).to.equal('shares/ciphertexts');
    expect(outcome(sharing, upload(changed(own, '0x11')))).to.equal('shares/ciphertexts');
    expect(outcome(sharing, upload(changed((own + 1) % 7, '0x')))).to.equal('shares/ciphertexts');
  });

  it('takes paths of ten hashes, as for 1,024 holders, and none longer', () => {
    const most = 2 * 33 + 10 * 32 + 16;
    expect(outcome(sharing, upload(changed((own + 1) % 7, `0x${'ab'.repeat(most)}`)))).to.equal('sharing');
    expect(outcome(sharing, upload(changed((own + 1) % 7, `0x${'ab'.repeat(most + 1)}`)))).to.equal(
      'shares/ciphertexts',
    );
  });

  it('goes on with all, or at its deadline with as many as a cohort needs', () => {
    expect(play(sharing, all).phase).to.equal('receiving');
    const three = play(sharing, all.slice(0, 3));
    expect(play(three, [deadline], sharing.deadline).phase).to.equal('receiving');
    const two = play(sharing, all.slice(0, 2));
    const ended = inPhase(play(two, [deadline], sharing.deadline), 'aborted');
    expect(ended).to.deep.include({ reason: 'too few shares', onChain: 'open' });
    const five = { ...rulesOf(members), minimumCohort: 5 };
    const four = play({ ...sharing, rules: five }, all.slice(0, 4));
    expect(play(four, [deadline], sharing.deadline).phase).to.equal('aborted');
  });
});

describe('masking in a sparse graph', () => {
  const masking = honestly(members, 'masking');

  it("takes inputs masked with the member's own part of U2, and no other", () => {
    expect(outcome(masking, inputs(members)[0]!)).to.equal('masking');
    const whole = { ...members.inputs[0]!.message, sharers: membersDigest(members.sharers) };
    const event: MessageEvent = { type: 'input', envelope: signed(0, 'Input', whole) };
    expect(outcome(masking, event)).to.equal('input/other-sharers');
  });

  it('goes on with who sent one, each with t neighbours', () => {
    const state = inPhase(play(play(masking, inputs(members)), [deadline], masking.deadline), 'confirming');
    expect(state.inputs).to.deep.equal(members.inputs);
    expect(state).to.deep.include({ confirmations: [], aborts: [], deadline: masking.deadline + 40 });
  });

  it('ends where too few are left to restore a secret', () => {
    const five = play(masking, inputs(members).slice(0, 5));
    const ended = inPhase(play(five, [deadline], masking.deadline), 'aborted');
    expect(ended.reason).to.match(/^fewer than 5 who hold the secrets of member \d are left$/);
    expect(ended.onChain).to.equal('open');
  });

  it('goes on at once when all have sent one', () => {
    const everyone = cohort({ n: 8, draw: drawOf(6, 5) });
    expect(play(honestly(everyone, 'masking'), inputs(everyone)).phase).to.equal('confirming');
  });
});

describe('unmasking in a sparse graph', () => {
  const unmasking = honestly(members, 'unmasking');
  const all = unmaskings(members);

  it('takes shares of those near the holder, each at its rank among holders', () => {
    expect(outcome(unmasking, all[0]!)).to.equal('unmasking');
    const near = revealedOf(members, 1, stranger);
    const foreign = unmaskingOf(members, 0, [{ ...near, member: stranger }]);
    expect(outcome(unmasking, { type: 'unmasking', upload: foreign })).to.equal('unmasking/off-root');
    const swapped = unmaskingOf(members, 0, [revealedOf(members, stranger, 1)]);
    expect(outcome(unmasking, { type: 'unmasking', upload: swapped })).to.equal('unmasking/off-root');
  });

  it('asks for the sum once t holders of every sharer opened theirs, the lost one included', () => {
    const dealers = (holders: readonly number[]) =>
      [...members.sharers].every(
        (dealer) => holders.filter((one) => holdersOf(graph, dealer).has(one)).length >= 5,
      );
    const counts = Array.from({ length: 8 }, (_, count) => {
      const state = play(unmasking, all.slice(0, count));
      return [effectsOf(state).includes('aggregate'), dealers(Array.from({ length: count }, (__, i) => i))];
    });
    expect(counts.map(([asked]) => asked)).to.deep.equal(counts.map(([, enough]) => enough));
    expect(counts[7]?.[0]).to.equal(true);
    expect(counts[5]?.[0]).to.equal(false);
  });

  it('lets go of the vectors of those who were left out', () => {
    expect(effectsOf(unmasking)).to.deep.equal(['sweep']);
    expect(effectsOf(play(unmasking, all))).to.deep.equal(['sweep', 'aggregate']);
  });
});
