import { expect } from 'chai';
import type { Settlement } from '#contracts/bindings/training-escrow.ts';
import type { Hex } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { activeJob, quorumOf, settle, settlement, type TestJob } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('attestations', () => {
  let world: World;
  let job: TestJob;
  let given: Settlement;
  let deadline: bigint;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    const seats = Array.from({ length: 7 }, () => ({ price: 5n, units: 2 }));
    job = await activeJob(world, { rounds: 2, seats });
    given = settlement(job, 1, digestOfText('root'), [0, 1, 2, 3, 4]);
    deadline = BigInt(await world.chain.now()) + 500n;
  });
  after(() => world.stop());

  const quorum = (signers: readonly number[]) => quorumOf(world, job, given, signers, deadline);

  it('is signed for the deadline that it names', async () => {
    const signed = quorum([0, 1, 2, 3]);
    expect(await refusal(settle(world, job, given, { ...signed, deadline: deadline + 1n }))).to.match(
      /^escrow\/bad-attestation .*seat 0/,
    );
  });

  it('needs the seat’s own operator: another seat’s signature does not count', async () => {
    const signed = quorum([0, 1, 2, 3]);
    const swapped = { ...signed, signers: '0x17' as Hex }; // seats 0, 1, 2, 4 with seat 3's signature last
    expect(await refusal(settle(world, job, given, swapped))).to.match(/^escrow\/bad-attestation .*seat 4/);
    const [a, b, c] = signatures(signed.signatures);
    const doubled = { ...signed, signatures: `0x${a}${b}${c}${a}` as Hex };
    expect(await refusal(settle(world, job, given, doubled))).to.match(/^escrow\/bad-attestation .*seat 3/);
  });

  it('keeps the operator that was frozen in the seat', async () => {
    const { dataset, owner } = at(job.listings, 0);
    await owner.contracts.registry.send.transferFrom(owner.address, world.stranger.address, dataset);
    await settle(world, job, given, quorum([0, 1, 2, 3]));
  });

  it('refuses signatures over another round, attempt, job, total, root, manifest or bitmap', async () => {
    const other = await activeJob(world, { rounds: 2, seats: job.seats });
    const changes: Partial<Settlement>[] = [
      { round: 2 },
      { attempt: 2 },
      { total: given.total + 1n },
      { payoutRoot: digestOfText('other root') },
      { manifest: digestOfText('other manifest') },
      { participants: '0x0f' },
    ];
    for (const change of changes) {
      const replayed = quorumOf(world, job, { ...given, ...change }, [0, 1, 2, 3], deadline);
      expect(
        await refusal(settle(world, job, given, replayed)),
        JSON.stringify(Object.keys(change)),
      ).to.match(/^escrow\/bad-attestation/);
    }
    const elsewhere = quorumOf(world, { ...other, listings: job.listings }, given, [0, 1, 2, 3], deadline);
    expect(await refusal(settle(world, job, given, elsewhere))).to.match(/^escrow\/bad-attestation/);
  });

  it('refuses signatures for another escrow or chain', async () => {
    for (const change of [{ escrow: world.deployment.registry }, { chainId: 1 }]) {
      const away = { ...world, deployment: { ...world.deployment, ...change } };
      const signed = quorumOf(away, job, given, [0, 1, 2, 3], deadline);
      expect(await refusal(settle(world, job, given, signed))).to.match(/^escrow\/bad-attestation/);
    }
  });

  it('refuses the high-s twin of a signature', async () => {
    const signed = quorum([0, 1, 2, 3]);
    const [first = '', ...rest] = signatures(signed.signatures);
    const vs = BigInt(`0x${first.slice(64)}`);
    const parity = vs >> 255n;
    const s = vs & ((1n << 255n) - 1n);
    const twin = ((1n - parity) << 255n) | (ORDER - s);
    const high = first.slice(0, 64) + twin.toString(16).padStart(64, '0');
    expect(
      await refusal(settle(world, job, given, { ...signed, signatures: `0x${high}${rest.join('')}` })),
    ).to.match(/^escrow\/bad-attestation .*seat 0/);
  });

  it('refuses a signature that recovers to nobody', async () => {
    const signed = quorum([0, 1, 2, 3]);
    const rest = signatures(signed.signatures).slice(1).join('');
    expect(
      await refusal(settle(world, job, given, { ...signed, signatures: `0x${'00'.repeat(64)}${rest}` })),
    ).to.match(/^escrow\/bad-attestation .*seat 0/);
  });

  it('refuses signatures of any other length than 64 bytes each', async () => {
    const signed = quorum([0, 1, 2, 3]);
    for (const wrong of [
      `${signed.signatures}1b`,
      signed.signatures.slice(0, -2),
      signed.signatures.slice(0, -128),
    ]) {
      expect(await refusal(settle(world, job, given, { ...signed, signatures: wrong as Hex }))).to.match(
        /^escrow\/signatures-length .*expected 256/,
      );
    }
  });

  it('refuses a bitmap of signers that is not one of this job', async () => {
    const signed = quorum([0, 1, 2, 3]);
    expect(await refusal(settle(world, job, given, { ...signed, signers: '0x0f00' }))).to.match(
      /bitmap-length/,
    );
    expect(await refusal(settle(world, job, given, { ...signed, signers: '0x8f' }))).to.match(
      /bitmap-beyond-seats/,
    );
    expect(await refusal(settle(world, job, given, { ...signed, signers: '0x' }))).to.match(/bitmap-length/);
  });
});

function signatures(joined: Hex): string[] {
  return joined.slice(2).match(/.{128}/g) ?? [];
}
