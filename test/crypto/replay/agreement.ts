/** Parameters, and all derived keys of an attempt, against the reference's vector. docs/protocol.md §1, §3.3 */
import { expect } from 'chai';

import {
  channelInfo,
  checkPublicKey,
  info,
  keyPair,
  pairMaskKeys,
  type Purpose,
  receivingKey,
  selfMaskKey,
  sendingKeys,
} from '#crypto/agreement.ts';
import { concat, u32 } from '#crypto/bytes.ts';
import { encodeContext } from '#crypto/context.ts';
import { memberSet } from '#crypto/members.ts';
import { checkParameters, threshold, wordBits } from '#crypto/parameters.ts';
import type { KeyVector } from '#test/support/reference/vector.ts';

import { type RoundCase, secret } from './case.ts';
import { at, bytes, digits } from './load.ts';

export function replayParameters(of: RoundCase): void {
  const v = of.v;
  checkParameters(v.parameters);
  expect(digits(encodeContext(of.binding.context))).to.equal(v.context);
  if (!v.sparse) expect(threshold(v.n)).to.equal(v.threshold);
  expect(wordBits(v.parameters.bits, v.n)).to.equal(v.wordBits);
  for (const { members, digest } of [v.sharers, v.survivors]) {
    expect(digits(memberSet(members.toReversed()).digest)).to.equal(digest);
  }
}

export function replayKeys(of: RoundCase): void {
  const v = of.v;
  for (const member of v.members) {
    expect(digits(keyPair(secret(member.maskSecret)).publicKey)).to.equal(member.maskKey);
    expect(digits(keyPair(secret(member.channelSecret)).publicKey)).to.equal(member.channelKey);
    checkPublicKey(bytes(member.maskKey));
  }
  for (const { members, key } of v.selfKeys) {
    const i = at(members, 0);
    expect(digits(selfMaskKey(of.binding, of.mask(i), bytes(at(v.members, i).seed)))).to.equal(key);
  }
  for (const { members, key } of v.pairKeys) {
    const [i, j] = [at(members, 0), at(members, 1)];
    const fromI = pairMaskKeys(of.binding, of.ownMask(i), [of.mask(j)]);
    const fromJ = pairMaskKeys(of.binding, of.ownMask(j), [of.mask(i)]);
    expect([...fromI].map(([peer, found]) => [peer, digits(found)])).to.deep.equal([[j, key]]);
    expect([...fromJ].map(([peer, found]) => [peer, digits(found)])).to.deep.equal([[i, key]]);
  }
  for (const { members, key } of v.channelKeys) {
    const [i, j] = [at(members, 0), at(members, 1)];
    const sent = sendingKeys(of.binding, of.ownChannel(i), [of.channel(j)]);
    expect([...sent].map(([peer, found]) => [peer, digits(found)])).to.deep.equal([[j, key]]);
    expect(digits(receivingKey(of.binding, of.ownChannel(j), of.channel(i)))).to.equal(key);
  }
  if (v.n === 3) replayInfos(of);
}

function replayInfos(of: RoundCase): void {
  const check = (purpose: Purpose, kind: 'maskKey' | 'channelKey', keys: KeyVector[]): void => {
    for (const { members, info: expected } of keys) {
      const extra = concat(...members.flatMap((i) => [u32(i), at(of.roster, i)[kind]]));
      expect(digits(info(purpose, of.binding, extra))).to.equal(expected);
    }
  };
  check('self', 'maskKey', of.v.selfKeys);
  check('pair', 'maskKey', of.v.pairKeys);
  check('channel', 'channelKey', of.v.channelKeys);
  for (const { members, info: expected } of of.v.channelKeys) {
    const [sender, recipient] = [of.channel(at(members, 0)), of.channel(at(members, 1))];
    expect(digits(channelInfo(of.binding, sender, recipient))).to.equal(expected);
  }
}
