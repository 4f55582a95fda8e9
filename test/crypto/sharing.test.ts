/** Dealing and opening shares, and holding revealed ones against their commitments. docs/protocol.md §3.6 */
import { expect } from 'chai';

import { channelInfo, type MemberKeys, sendingKeys } from '#crypto/agreement.ts';
import { concat, toHex, utf8 } from '#crypto/bytes.ts';
import { type HeldShare, isCommitted, revealShare, shareLeaf, verifyRevealed } from '#crypto/commitments.ts';
import { encodeElement, ORDER } from '#crypto/field.ts';
import { hararyGraph, holdersOf } from '#crypto/graph.ts';
import { everyMember, memberSet } from '#crypto/members.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import { seededRng } from '#crypto/random.ts';
import { combine, encodeShare } from '#crypto/shamir.ts';
import { openShare, shareSecrets } from '#crypto/sharing.ts';
import { platform } from '#platform';

import { deal, heldShare, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';
import { at, bytes } from './replay/load.ts';
import { tapeRng } from './replay/pieces.ts';

const N = 5;
const parameters = { bits: 8, clip: 1, range: 1, dimension: 4, maxWeight: 1, chunkWords: 8 };
const attempt = startAttempt(N, 4, parameters);
const { binding, roster, members } = attempt;
const { context } = binding;
const all = everyMember(N);
const [dealer, holder] = [1, 3];
const dealt = deal(attempt, dealer);

type Opening = Parameters<typeof openShare>[0];
const opening: Opening = {
  binding,
  dealer,
  holder,
  channelSecret: at(members, holder).keys.channel.secret,
  roster,
  holders: all,
  ciphertext: at(dealt.ciphertexts, holder),
  shareRoot: dealt.shareRoot,
};

/** Any plaintext as the dealer would encrypt it to the holder. */
function encrypted(plaintext: Uint8Array): Uint8Array {
  const own = {
    index: dealer,
    publicKey: at(roster, dealer).channelKey,
    secret: at(members, dealer).keys.channel.secret.reveal(),
  };
  const peer = { index: holder, publicKey: at(roster, holder).channelKey };
  const key = sendingKeys(binding, own, [peer]).get(holder) ?? expect.fail('no key');
  return platform.aesGcmSeal(key, new Uint8Array(12), plaintext, channelInfo(binding, own, peer));
}

describe('dealing shares', () => {
  it('makes a ciphertext for everyone else, and keeps its own share', () => {
    expect(dealt.ciphertexts.map(({ length }) => length > 0)).to.deep.equal([true, false, true, true, true]);
    expect(dealt.own.holder).to.equal(dealer);
    expect(isCommitted(context, dealt.own, dealt.shareRoot, all)).to.equal(true);
    expect(dealt.ciphertextRoot).to.deep.equal(merkleRoot(dealt.ciphertexts));
  });

  it('draws its randomness for the seed first', () => {
    const draws = [1, 2, 3, 4, 5, 6].map((n) => toHex(encodeElement(BigInt(n))).slice(2));
    const { keys, seed } = at(members, dealer);
    const { own } = shareSecrets({
      binding,
      member: dealer,
      seed,
      maskSecret: keys.mask.secret,
      channelSecret: keys.channel.secret,
      roster,
      graph: attempt.graph,
      rng: tapeRng(draws),
    });
    // At x = 2: the secret + 2·a₁ + 4·a₂ + 8·a₃.
    const value = (of: Uint8Array): bigint => BigInt(toHex(of));
    expect(own.seed).to.equal((value(seed.reveal()) + 2n + 8n + 24n) % ORDER);
    expect(own.mask).to.equal((value(keys.mask.secret.reveal()) + 8n + 20n + 48n) % ORDER);
  });

  const deal5 = {
    binding,
    seed: at(members, 0).seed,
    graph: attempt.graph,
    rng: tapeRng(Array<string>(6).fill('00'.repeat(33))),
  };
  const own = {
    maskSecret: at(members, 0).keys.mask.secret,
    channelSecret: at(members, 0).keys.channel.secret,
  };

  it('is refused to one that is not in the roster', () => {
    expect(codeOf(() => shareSecrets({ ...deal5, ...own, roster, member: 5 }))).to.equal(
      'roster/not-a-member',
    );
  });

  it('is refused at a threshold that the roster can’t meet', () => {
    const call = (): unknown =>
      shareSecrets({ ...deal5, ...own, roster, member: 0, graph: { ...attempt.graph, threshold: 6 } });
    expect(codeOf(call)).to.equal('shamir/threshold');
  });
});

describe('opening a share', () => {
  it('gives the shares of this holder', () => {
    const held = openShare(opening) as HeldShare;
    expect([held.dealer, held.holder]).to.deep.equal([dealer, holder]);
    expect(isCommitted(context, held, dealt.shareRoot, all)).to.equal(true);
  });

  const wrongKeys: MemberKeys[] = roster.map((keys, i) =>
    i === 0 ? { ...keys, channelKey: at(roster, 2).channelKey } : keys,
  );
  const lowOrder = roster.map((keys, i) =>
    i === dealer ? { ...keys, channelKey: new Uint8Array(32) } : keys,
  );
  const otherAttempt = { ...binding, context: { ...context, attempt: 7 } };
  const [seed, mask] = [encodeShare(5n), encodeShare(6n)];
  const path = (opened: HeldShare): Uint8Array => concat(...opened.path);
  const opened = openShare(opening) as HeldShare;
  const refusals: [string, Partial<Opening>, string][] = [
    ['for another holder', { ciphertext: at(dealt.ciphertexts, 2) }, 'share/undecryptable'],
    ['by another dealer', { dealer: 2 }, 'share/undecryptable'],
    ['with a bit changed', { ciphertext: flipped(opening.ciphertext) }, 'share/undecryptable'],
    ['that is empty', { ciphertext: new Uint8Array(0) }, 'share/undecryptable'],
    ['of another attempt', { binding: otherAttempt }, 'share/undecryptable'],
    ['of another roster', { binding: { ...binding, roster: binding.model } }, 'share/undecryptable'],
    ['by a dealer with a key of small order', { roster: lowOrder }, 'key/low-order'],
    ['against another root', { shareRoot: deal(attempt, 2).shareRoot }, 'share/off-root'],
    ['of other values', { ciphertext: encrypted(concat(seed, mask, path(opened))) }, 'share/off-root'],
    [
      'with the two shares swapped',
      { ciphertext: encrypted(concat(encodeShare(opened.mask), encodeShare(opened.seed), path(opened))) },
      'share/off-root',
    ],
    [
      'with no path',
      { ciphertext: encrypted(concat(encodeShare(opened.seed), encodeShare(opened.mask))) },
      'share/off-root',
    ],
    [
      'with a byte too many',
      {
        ciphertext: encrypted(
          concat(encodeShare(opened.seed), encodeShare(opened.mask), path(opened), Uint8Array.of(0)),
        ),
      },
      'share/off-root',
    ],
    [
      'with a seed share at p',
      { ciphertext: encrypted(concat(encodeElement(ORDER), mask)) },
      'share/malformed',
    ],
    [
      'with a mask share at p',
      { ciphertext: encrypted(concat(seed, encodeElement(ORDER))) },
      'share/malformed',
    ],
    ['that is too short', { ciphertext: encrypted(seed) }, 'share/malformed'],
    ['of nothing', { ciphertext: encrypted(new Uint8Array(0)) }, 'share/malformed'],
  ];
  for (const [what, change, code] of refusals) {
    it(`answers with a refusal to one ${what}`, () =>
      expect(openShare({ ...opening, ...change })).to.equal(code));
  }

  it('is not hindered by a third member’s key', () => {
    expect(openShare({ ...opening, roster: wrongKeys })).to.deep.equal(opened);
  });

  it('throws where the caller is wrong', () => {
    expect(codeOf(() => openShare({ ...opening, holder: 5 }))).to.equal('roster/not-a-member');
    expect(codeOf(() => openShare({ ...opening, dealer: 9 }))).to.equal('roster/not-a-member');
    const shortDigest = { ...binding, model: new Uint8Array(0) };
    expect(codeOf(() => openShare({ ...opening, binding: shortDigest }))).to.equal('binding/digest');
    const short = roster.map((keys) => ({ ...keys, channelKey: keys.channelKey.subarray(1) }));
    expect(() => openShare({ ...opening, roster: short })).to.throw();
  });
});

describe('a revealed share', () => {
  const held = heldShare(attempt, dealt, dealer, holder);

  for (const kind of ['seed', 'mask'] as const) {
    const revealed = revealShare(context, held, kind);

    it(`is the one of the ${kind}, and does not hold the other`, () => {
      expect(revealed.share).to.equal(held[kind]);
      const other = held[kind === 'seed' ? 'mask' : 'seed'];
      expect(Object.values(revealed)).not.to.include(other);
      expect(toHex(revealed.otherCommitment)).not.to.equal(toHex(encodeShare(other)));
      expect(verifyRevealed(context, revealed, dealt.shareRoot, all)).to.equal(true);
    });

    it(`of the ${kind} is off its root with any part changed`, () => {
      const others = [
        { ...revealed, share: revealed.share + 1n },
        { ...revealed, kind: kind === 'seed' ? ('mask' as const) : ('seed' as const) },
        { ...revealed, dealer: 2 },
        { ...revealed, holder: 2 },
        { ...revealed, otherCommitment: bytes('00'.repeat(32)) },
        { ...revealed, path: revealed.path.slice(1) },
      ];
      expect(others.map((other) => verifyRevealed(context, other, dealt.shareRoot, all))).to.deep.equal(
        others.map(() => false),
      );
      expect(verifyRevealed({ ...context, attempt: 9 }, revealed, dealt.shareRoot, all)).to.equal(false);
      expect(verifyRevealed(context, revealed, dealt.ciphertextRoot, all)).to.equal(false);
      expect(verifyRevealed(context, revealed, dealt.shareRoot, everyMember(N + 4))).to.equal(false);
    });
  }

  it('is off its root outside the field, though the dealer committed to it', () => {
    const outside = { dealer: 0, holder: 0, seed: ORDER, mask: 1n, path: [] };
    const root = merkleRoot([shareLeaf(context, outside)]);
    expect(isCommitted(context, outside, root, everyMember(1))).to.equal(true);
    expect(verifyRevealed(context, revealShare(context, outside, 'mask'), root, everyMember(1))).to.equal(
      true,
    );
    expect(verifyRevealed(context, revealShare(context, outside, 'seed'), root, everyMember(1))).to.equal(
      false,
    );
    const huge = { ...revealShare(context, outside, 'mask'), share: 2n ** 300n };
    expect(verifyRevealed(context, huge, root, everyMember(1))).to.equal(false);
  });
});

function flipped(of: Uint8Array): Uint8Array {
  return of.map((byte, i) => (i === 40 ? byte ^ 1 : byte));
}

describe('shares on a sparse graph', () => {
  const graph = hararyGraph(9, 4, 3, new Uint8Array(32).fill(5));
  const sparse = startAttempt(9, graph, parameters);
  const own = 6;
  const holders = holdersOf(graph, own);
  const sent = deal(sparse, own);
  const place = (member: number): HeldShare => heldShare(sparse, sent, own, member);

  it('go to the neighbours alone, in ascending order, and none to the dealer', () => {
    expect(sent.ciphertexts).to.have.length(5);
    expect(at(sent.ciphertexts, holders.rankOf(own)!)).to.have.length(0);
    expect(sent.ciphertexts.filter(({ length }) => length > 0)).to.have.length(4);
    for (const holder of holders) {
      const held = place(holder);
      expect([held.dealer, held.holder]).to.deep.equal([own, holder]);
      expect(isCommitted(sparse.binding.context, held, sent.shareRoot, holders)).to.equal(true);
    }
  });

  it('are points at the holders’ own coordinates: any t restore the secret', () => {
    const points = [...holders].map((holder) => ({ x: holder + 1, y: place(holder).seed }));
    const seed = at(sparse.members, own).seed.reveal();
    expect(combine(points.slice(0, 3), 3)).to.deep.equal(seed);
    expect(combine(points.slice(2), 3)).to.deep.equal(seed);
  });

  it('are off the root at another rank, or for one that is no holder', () => {
    const holder = graph.neighboursOf(own).indices[1]!;
    const held = place(holder);
    const revealed = revealShare(sparse.binding.context, held, 'seed');
    const stranger = [...Array(9).keys()].find((member) => !holders.has(member))!;
    const without = memberSet([...holders, stranger].filter((member) => member !== holder));
    expect(verifyRevealed(sparse.binding.context, revealed, sent.shareRoot, holders)).to.equal(true);
    for (const wrong of [without, everyMember(9), memberSet([...holders, stranger])]) {
      expect(isCommitted(sparse.binding.context, held, sent.shareRoot, wrong)).to.equal(false);
      expect(verifyRevealed(sparse.binding.context, revealed, sent.shareRoot, wrong)).to.equal(false);
    }
  });

  it('need no key of a member that holds none', () => {
    const known = sparse.roster.map((keys, member) => (holders.has(member) ? keys : undefined));
    const dealing = {
      binding: sparse.binding,
      member: own,
      seed: at(sparse.members, own).seed,
      maskSecret: at(sparse.members, own).keys.mask.secret,
      channelSecret: at(sparse.members, own).keys.channel.secret,
      graph,
      rng: seededRng(utf8(`shares of ${own}`)),
    };
    expect(shareSecrets({ ...dealing, roster: known as MemberKeys[] })).to.deep.equal(sent);
    const missing = sparse.roster.slice(0, holders.indices.at(-1));
    expect(codeOf(() => shareSecrets({ ...dealing, roster: missing }))).to.equal('roster/not-a-member');
  });
});
