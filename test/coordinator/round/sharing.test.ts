import { expect } from 'chai';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import type { Bytes32, Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { at, digestOfText, honestly, inPhase, outcome, play, sharings, signed } from '../fixtures.ts';

const members = cohort({ n: 4 });
const all = sharings(members);
const sharing = honestly(members, 'sharing');

/** Member 1's shares with other ciphertexts, signed over them. */
function withCiphertexts(change: (ciphertexts: Hex[]) => Hex[]): AttemptEvent {
  const [, event] = all;
  if (event?.type !== 'shares') throw new Error('not shares');
  const ciphertexts = change([...event.upload.ciphertexts]);
  const ciphertextRoot = toHex(merkleRoot(ciphertexts.map((text) => fromHex(text)))) as Bytes32;
  const envelope = signed(1, 'Shares', { ...event.upload.message, ciphertextRoot });
  return { type: 'shares', upload: { ...envelope, ciphertexts } };
}

describe('sharing', () => {
  it('asks who can open what, by ascending member, as soon as all have shared', () => {
    const state = inPhase(
      play(
        sharing,
        [2, 0, 3, 1].map((i) => all[i]!),
        at(9),
      ),
      'receiving',
    );
    expect(state.shares).to.deep.equal(members.shares);
    expect(state.receipts).to.deep.equal([]);
    expect(state.deadline).to.equal(at(9 + 20));
  });

  it('goes on at its deadline with t, and gives up with fewer', () => {
    const three = play(sharing, all.slice(0, 3));
    expect(three.phase).to.equal('sharing');
    expect(play(three, [{ type: 'deadline' }], at(19))).to.equal(three);
    expect(inPhase(play(three, [{ type: 'deadline' }], at(20)), 'receiving').shares).to.deep.equal(
      members.shares.slice(0, 3),
    );
    const two = inPhase(play(play(sharing, all.slice(0, 2)), [{ type: 'deadline' }], at(20)), 'aborted');
    expect(two.reason).to.equal('too few shares');
    expect(two.enrolments).to.deep.equal(members.enrolments);
  });

  it('refuses ciphertexts that are not one for each other member', () => {
    const some: Hex = all[1]?.type === 'shares' ? all[1].upload.ciphertexts[0]! : '0x';
    expect(
      outcome(
        sharing,
        withCiphertexts((texts) => texts),
      ),
    ).to.equal('sharing');
    const changes: readonly ((texts: Hex[]) => Hex[])[] = [
      (texts) => texts.slice(0, 3),
      (texts) => [...texts, some],
      (texts) => texts.map((text, i): Hex => (i === 2 ? '0x' : text)),
      (texts) => texts.map((text, i): Hex => (i === 1 ? some : text)),
      (texts) => texts.map((text, i): Hex => (i === 3 ? `0x${'ab'.repeat(307)}` : text)),
    ];
    for (const change of changes)
      expect(outcome(sharing, withCiphertexts(change))).to.equal('shares/ciphertexts');
    const longest = (texts: Hex[]): Hex[] =>
      texts.map((text, i): Hex => (i === 3 ? `0x${'ab'.repeat(306)}` : text));
    expect(outcome(sharing, withCiphertexts(longest))).to.equal('sharing');
  });

  it('refuses ciphertexts of another root than was signed', () => {
    const event = withCiphertexts((texts) => texts);
    if (event.type !== 'shares') throw new Error('not shares');
    const [first, , third, fourth] = event.upload.ciphertexts;
    const swapped: Hex[] = [third!, '0x', first!, fourth!];
    expect(outcome(sharing, { type: 'shares', upload: { ...event.upload, ciphertexts: swapped } })).to.equal(
      'shares/root-mismatch',
    );
  });

  it('keeps the first shares: the same again is answered the same, others are a conflict', () => {
    const state = play(sharing, [all[1]!]);
    expect(play(state, [all[1]!])).to.equal(state);
    expect(play(honestly(members, 'unmasking'), [all[1]!]).phase).to.equal('unmasking');
    const { message } = members.shares[1]!;
    const event = withCiphertexts((texts) => texts);
    if (event.type !== 'shares') throw new Error('not shares');
    const other = signed(1, 'Shares', { ...message, seedDigest: digestOfText('other') });
    const upload = { ...other, ciphertexts: event.upload.ciphertexts };
    expect(outcome(state, { type: 'shares', upload })).to.equal('shares/conflict');
  });
});
