/** Masking an input and unmasking a sum. docs/protocol.md §3.5, §6.4 */
import { expect } from 'chai';

import { maskInput, type RecoveredSecrets, removeMasks } from '#crypto/masking.ts';
import { everyMember, type MemberSet, memberSet } from '#crypto/members.ts';
import { RingAccumulator } from '#crypto/ring.ts';

import { packedInput, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const parameters = { bits: 8, clip: 1, range: 1, dimension: 6, maxWeight: 1, chunkWords: 8 };
const attempt = startAttempt(5, 4, parameters);
const { binding, roster, members, w } = attempt;
const quantised = Uint32Array.of(1, 2, 3, 4, 5, 254);

function masked(member: number, sharers: MemberSet): number[] {
  const { keys, seed } = at(members, member);
  const maskSecret = keys.mask.secret;
  return [...maskInput({ binding, quantised, wordBits: w, member, seed, maskSecret, sharers, roster })];
}

/** The secrets that an honest recovery brings back. */
function recovered(survivors: Iterable<number>, dropouts: Iterable<number>): RecoveredSecrets {
  return {
    seeds: new Map([...survivors].map((i) => [i, at(members, i).seed.reveal()])),
    maskSecrets: new Map([...dropouts].map((i) => [i, at(members, i).keys.mask.secret.reveal()])),
  };
}

const all = everyMember(5);
const [survivors, dropouts] = [memberSet([0, 2, 4]), memberSet([1, 3])];

describe('masking', () => {
  it('gives words below 2^w that are not the input', () => {
    const words = masked(2, all);
    expect(words.every((word) => word < 2 ** w)).to.equal(true);
    expect(words.filter((word, c) => word === quantised[c]).length).to.be.below(3);
  });

  it('hides the input from whoever knows all the secrets of all the others', () => {
    // With every pair key but no seed, what is left is the input under the self mask.
    const sum = new RingAccumulator(6, w);
    sum.addWords(Uint32Array.from(masked(2, memberSet([2]))));
    expect([...sum.words()]).not.to.deep.equal([...quantised]);
  });

  it('depends on exactly who the sharers are', () => {
    const sets = [all, memberSet([0, 2, 3, 4]), memberSet([0, 1, 2, 3]), memberSet([2])];
    expect(new Set(sets.map((sharers) => masked(2, sharers).join())).size).to.equal(4);
  });

  it('is refused to one that is not among the sharers', () => {
    expect(codeOf(() => masked(2, memberSet([0, 1, 3, 4])))).to.equal('roster/not-a-sharer');
  });

  it('is refused with sharers outside the roster', () => {
    expect(codeOf(() => masked(2, memberSet([2, 5])))).to.equal('roster/not-a-member');
  });

  it('throws once the secrets are erased', () => {
    const once = startAttempt(3, 3, parameters);
    at(once.members, 1).seed.erase();
    const upload = (): unknown => packedInput(once, 1, everyMember(3), new Float64Array(6), 1);
    expect(codeOf(upload)).to.equal('secret/erased');
  });
});

describe('unmasking', () => {
  function unmask(change: Partial<Parameters<typeof removeMasks>[1]> = {}): number[] {
    const sum = new RingAccumulator(6, w);
    for (const i of survivors) sum.addWords(Uint32Array.from(masked(i, all)));
    removeMasks(sum, {
      binding,
      survivors,
      sharers: all,
      roster,
      graph: attempt.graph,
      recovered: recovered(survivors, dropouts),
      ...change,
    });
    return [...sum.words()];
  }

  it('leaves the sum of the survivors’ inputs', () => {
    expect(unmask()).to.deep.equal([3, 6, 9, 12, 15, 762]);
  });

  it('leaves noise with the wrong sharers or another attempt', () => {
    const others = [
      unmask({ sharers: memberSet([0, 1, 2, 4]) }),
      unmask({ binding: { ...binding, context: { ...binding.context, attempt: 9 } } }),
    ];
    for (const words of others) expect(words).not.to.deep.equal([3, 6, 9, 12, 15, 762]);
  });

  const refusals: [string, Partial<Parameters<typeof removeMasks>[1]>, string][] = [
    ['without a survivor’s seed', { recovered: recovered([0, 2], dropouts) }, 'recovery/missing'],
    ['without a dropout’s mask key', { recovered: recovered(survivors, [1]) }, 'recovery/missing'],
    ['with both secrets of a survivor', { recovered: recovered(survivors, [1, 3, 4]) }, 'recovery/both'],
    ['with both secrets of a dropout', { recovered: recovered([0, 2, 4, 1], dropouts) }, 'recovery/both'],
    ['with a survivor that is no sharer', { sharers: memberSet([0, 1, 2, 3]) }, 'roster/not-a-sharer'],
    [
      'with a sharer outside the roster',
      {
        sharers: memberSet([0, 1, 2, 3, 4, 5]),
        recovered: {
          ...recovered(survivors, dropouts),
          maskSecrets: new Map([1, 3, 5].map((i) => [i, new Uint8Array(32).fill(i)])),
        },
      },
      'roster/not-a-member',
    ],
  ];
  for (const [what, change, code] of refusals) {
    it(`is refused ${what}`, () => expect(codeOf(() => unmask(change))).to.equal(code));
  }
});
