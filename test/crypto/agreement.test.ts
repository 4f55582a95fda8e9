/** Keys, and what they are bound to. docs/protocol.md §3.3 */
import { expect } from 'chai';

import {
  type Binding,
  channelInfo,
  checkPublicKey,
  generateKeys,
  info,
  keyPair,
  pairMaskKeys,
  receivingKey,
  selfMaskKey,
  sendingKeys,
} from '#crypto/agreement.ts';
import { bigEndian, toHex, utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import { Secret } from '#crypto/secret.ts';

import { codeOf } from './refusal.ts';
import { at, bytes, load } from './replay/load.ts';

const rng = seededRng(utf8('agreement'));
const binding: Binding = {
  context: { chainId: 1n, escrow: rng.bytes(20), job: 2n, round: 3, attempt: 4 },
  roster: rng.bytes(32),
  parameters: rng.bytes(32),
  model: rng.bytes(32),
};
const secrets = [new Secret(rng.bytes(32)), new Secret(rng.bytes(32))] as const;
const [a, b] = secrets.map((secret, index) => ({
  index,
  publicKey: keyPair(secret).publicKey,
  secret: secret.reveal(),
})) as [Own, Own];
type Own = { index: number; publicKey: Uint8Array; secret: Uint8Array };

const p = 2n ** 255n - 19n;
const littleEndian = (n: bigint): Uint8Array => bigEndian(n, 32).toReversed();
const { cases: lowOrder } = (load('published.json') as { lowOrder: { cases: string[] } }).lowOrder;

describe('key pairs', () => {
  it('are two, drawn one after the other', () => {
    const keys = generateKeys(seededRng(utf8('two')));
    const draws = seededRng(utf8('two'));
    expect(keys.channel.secret.reveal()).to.deep.equal(draws.bytes(32));
    expect(keys.mask.secret.reveal()).to.deep.equal(draws.bytes(32));
    expect(keys.mask.publicKey).to.deep.equal(keyPair(keys.mask.secret).publicKey);
    expect(keys.channel.publicKey).to.deep.equal(keyPair(keys.channel.secret).publicKey);
  });
});

describe('a public key', () => {
  it('is accepted as every key pair has it, up to the largest coordinate', () => {
    expect(codeOf(() => checkPublicKey(a.publicKey))).to.equal(undefined);
    expect(codeOf(() => checkPublicKey(littleEndian(9n)))).to.equal(undefined);
    expect(codeOf(() => checkPublicKey(littleEndian(p - 2n)))).to.equal(undefined);
  });

  it('is refused at another length', () => {
    for (const length of [0, 31, 33]) {
      expect(codeOf(() => checkPublicKey(new Uint8Array(length).fill(9)))).to.equal('key/length');
    }
  });

  it('is refused as a second spelling of another', () => {
    const withTopBit = a.publicKey.map((byte, i) => (i === 31 ? byte | 0x80 : byte));
    for (const key of [withTopBit, littleEndian(p), littleEndian(p + 9n), littleEndian(2n ** 255n - 1n)]) {
      expect(codeOf(() => checkPublicKey(key))).to.equal('key/not-canonical');
    }
  });

  it('is refused if it is of small order', () => {
    expect(lowOrder.slice(0, 5).map((key) => codeOf(() => checkPublicKey(bytes(key))))).to.deep.equal(
      lowOrder.slice(0, 5).map(() => 'key/low-order'),
    );
  });
});

describe('derived keys', () => {
  it('of a pair are the same from either side, under the other one’s index', () => {
    const [ofA, ofB] = [pairMaskKeys(binding, a, [b]), pairMaskKeys(binding, b, [a])];
    expect([...ofA.keys()]).to.deep.equal([1]);
    expect([...ofB.keys()]).to.deep.equal([0]);
    expect(ofA.get(1)).to.deep.equal(ofB.get(0));
  });

  it('of a channel are the same at both ends and differ by direction', () => {
    const forth = sendingKeys(binding, a, [b]).get(1);
    const back = sendingKeys(binding, b, [a]).get(0);
    expect(receivingKey(binding, b, a)).to.deep.equal(forth);
    expect(receivingKey(binding, a, b)).to.deep.equal(back);
    expect(forth).not.to.deep.equal(back);
  });

  it('differ with purpose, member, key, context and every digest', () => {
    const { context, roster } = binding;
    const others: Binding[] = [
      { ...binding, context: { ...context, attempt: 5 } },
      { ...binding, roster: binding.model },
      { ...binding, parameters: roster },
      { ...binding, model: roster },
    ];
    const keys = [
      selfMaskKey(binding, a, a.secret),
      selfMaskKey(binding, a, b.secret),
      selfMaskKey(binding, { ...a, index: 1 }, a.secret),
      selfMaskKey(binding, { ...a, publicKey: b.publicKey }, a.secret),
      ...others.map((other) => selfMaskKey(other, a, a.secret)),
      ...[binding, ...others].map((other) => pairMaskKeys(other, a, [b]).get(1)),
      ...[binding, ...others].map((other) => sendingKeys(other, a, [b]).get(1)),
      pairMaskKeys(binding, a, [{ ...b, index: 2 }]).get(2),
      sendingKeys(binding, a, [{ ...b, index: 2 }]).get(2),
    ].map((key) => toHex(key ?? new Uint8Array(0)));
    expect(new Set(keys).size).to.equal(keys.length);
    expect(keys.every((key) => key.length === 66)).to.equal(true);
  });

  it('are refused with a key of small order', () => {
    const bad = { index: 1, publicKey: bytes(at(lowOrder, 2)) };
    expect(codeOf(() => pairMaskKeys(binding, a, [bad]))).to.equal('key/low-order');
    expect(codeOf(() => sendingKeys(binding, a, [bad]))).to.equal('key/low-order');
    expect(codeOf(() => receivingKey(binding, a, bad))).to.equal('key/low-order');
  });

  for (const field of ['roster', 'parameters', 'model'] as const) {
    for (const length of [0, 31, 33]) {
      it(`are refused with a ${field} digest of ${length} bytes`, () => {
        const wrong = { ...binding, [field]: new Uint8Array(length) };
        expect(codeOf(() => info('self', wrong, a.publicKey))).to.equal('binding/digest');
        expect(codeOf(() => channelInfo(wrong, a, b))).to.equal('binding/digest');
      });
    }
  }
});
