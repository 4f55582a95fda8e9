import { Signature } from 'ethers';
import { expect } from 'chai';
import type { Quorum } from '#contracts/bindings/training-escrow.ts';
import type { Hex } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { activeJob, quorumOf, settle, settlement } from '../job.ts';
import { refusal, startWorld, type World } from '../world.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const word = (value: bigint) => value.toString(16).padStart(64, '0');

describe('scenario: malleable signatures', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  async function signed() {
    const job = await activeJob(world, { rounds: 1, seats: [{ price: 5n, units: 1 }] });
    const given = settlement(job, 1, digestOfText('root'), [0]);
    const quorum = quorumOf(world, job, given, [0], BigInt((await world.chain.now()) + 500));
    return {
      quorum,
      send: (changes: Partial<Quorum>) => settle(world, job, given, { ...quorum, ...changes }),
    };
  }

  it('of a seat: the high-s twin, the other parity, zeros and r = n are nobody’s', async () => {
    const { quorum, send } = await signed();
    const r = quorum.signatures.slice(2, 66);
    const vs = BigInt(`0x${quorum.signatures.slice(66)}`);
    const [parity, s] = [vs >> 255n, vs & ((1n << 255n) - 1n)];
    const other = (1n - parity) << 255n;
    const twins = [
      `0x${r}${word(other | (ORDER - s))}`,
      `0x${r}${word(other | s)}`,
      `0x${word(0n)}${word(vs)}`,
      `0x${r}${word(0n)}`,
      `0x${word(ORDER)}${word(vs)}`,
    ] as Hex[];
    for (const signatures of twins)
      expect(await refusal(send({ signatures }))).to.match(/^escrow\/bad-attestation/);
    await send({});
  });

  it('of the buyer: the high-s twin, the other v, v of 0 or 1, and the compact form are refused', async () => {
    const { quorum, send } = await signed();
    const { r, s, v, compactSerialized } = Signature.from(quorum.buyerSignature);
    const high = word(ORDER - BigInt(s));
    const forms = [
      `${r}${high}${(v === 27 ? 28 : 27).toString(16)}`,
      `${r}${s.slice(2)}${(v === 27 ? 28 : 27).toString(16)}`,
      `${r}${s.slice(2)}0${v - 27}`,
      compactSerialized,
      `${quorum.buyerSignature}00`,
      '0x',
    ] as Hex[];
    for (const buyerSignature of forms) {
      expect(await refusal(send({ buyerSignature })), buyerSignature).to.match(/^escrow\/bad-approval/);
    }
    await send({});
  });
});
