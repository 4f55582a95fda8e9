import { expect } from 'chai';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { isCommitted } from '#crypto/commitments.ts';
import { everyMember } from '#crypto/members.ts';
import { TributaryError } from '#crypto/error.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { Attempt } from '#client/attempt.ts';
import { heldShares } from '#client/steps/received.ts';
import { isFlaw, membershipIn, type Membership } from '#client/steps/membership.ts';
import { takeStep } from '#client/take-step.ts';
import { contextOf } from '#protocol/job-id.ts';
import { domain, signed } from '#test/support/cohort.ts';
import { bench, benchAt, restarted, show, type Bench } from '../support/cohort.ts';
import { contains, filesIn, removeHomes } from '../support/home.ts';
import { codeOf } from '../support/outcome.ts';

async function memberOf(attempt: Attempt, at: Bench): Promise<Membership> {
  const membership = await membershipIn(attempt, at.coordinator.enrolments);
  if (isFlaw(membership)) throw new Error(membership.code);
  return membership;
}

describe('sharing', () => {
  afterEach(removeHomes);

  it('deals shares that every holder can open and that the signed roots commit to', async () => {
    const at = await benchAt('masking');
    expect(at.coordinator.shares).to.have.length(5);
    for (const { message, ciphertexts } of at.coordinator.shares) {
      expect(ciphertexts[message.member], 'none for itself').to.equal('0x');
      expect(toHex(merkleRoot(ciphertexts.map(fromHex)))).to.equal(message.ciphertextRoot);
    }
    const holder = at.attempts[2]!;
    const held = await heldShares(holder, await memberOf(holder, at), at.coordinator.shares);
    expect(held.map(({ dealer }) => dealer)).to.deep.equal([0, 1, 2, 3, 4]);
    for (const share of held) {
      const root = fromHex(at.coordinator.shares[share.dealer]!.message.shareRoot);
      expect(isCommitted(contextOf(domain, at.coordinator.id), share, root, everyMember(5))).to.equal(true);
    }
  });

  it('sends the journalled ciphertexts again, and never makes others', async () => {
    const at = await benchAt('sharing');
    at.coordinator.onCall = () => {
      throw new TributaryError('coordinator/unreachable', 'away');
    };
    expect(await codeOf(takeStep(at.attempts[1]!, at.coordinator.view('sharing')))).to.equal(
      'coordinator/unreachable',
    );
    const first = at.attempts[1]!.record.secret('sharing')?.ciphertexts;

    at.coordinator.onCall = () => undefined;
    await takeStep(
      restarted(at.attempts[1]!, at.homes[1]!, 'other randomness'),
      at.coordinator.view('sharing'),
    );
    expect(at.coordinator.shares[0]?.ciphertexts).to.deep.equal(first);
    expect(at.coordinator.shares[0]?.message).to.deep.equal(
      at.attempts[1]!.record.decided('shares')?.message,
    );
  });

  it('has seed and ciphertexts on disk, sealed, before a share leaves', async () => {
    const at = await benchAt('sharing');
    let files = new Map<string, Uint8Array>();
    at.coordinator.onCall = () => (files = filesIn(at.homes[0]!));
    await show(at, 'sharing', [0]);
    expect(
      [...files.keys()].filter((name) => /shar/.test(name)).map((name) => name.split('/').at(-1)),
    ).to.deep.equal(['shares.json', 'sharing.sealed']);
    const seed = fromHex(at.attempts[0]!.record.secret('sharing')!.seed);
    const { channel, mask } = at.attempts[0]!.record.secret('keys')!;
    for (const [name, bytes] of files) {
      for (const secret of [seed, fromHex(channel), fromHex(mask)]) {
        expect(contains(bytes, secret), name).to.equal(false);
      }
    }
  });

  it('deals to no roster that it refuses', async () => {
    const at = await benchAt('sharing');
    const roster = at.coordinator.enrolments.slice(1);
    const [flaw] = await show(at, 'sharing', [0], { roster });
    expect(flaw?.code).to.equal('roster/left-out');
    expect(at.coordinator.shares).to.have.length(0);
  });

  it('is over where the keys were erased', async () => {
    const at = await benchAt('sharing');
    at.attempts[0]!.record.erase();
    expect((await show(at, 'sharing', [0]))[0]?.code).to.equal('journal/erased');
    await show(at, 'sharing', [1]);
    at.attempts[1]!.record.erase();
    expect(
      (await show({ ...at, attempts: [restarted(at.attempts[1]!, at.homes[1]!)] }, 'sharing'))[0]?.code,
    ).to.equal('journal/erased');
  });

  it('looks on where it did not enrol', async () => {
    const at = await bench();
    await show(at, 'enrolling', [0, 1, 2, 3]);
    expect(await show(at, 'sharing', [4])).to.deep.equal([null]);
    expect(at.coordinator.shares).to.have.length(0);
  });
});

describe('shares of others', () => {
  afterEach(removeHomes);

  /** Member 0 opens its deliveries while dealer 3 misbehaves. */
  async function withBadDealer(bend: (at: Bench) => void) {
    const at = await benchAt('masking');
    bend(at);
    const warnings: object[] = [];
    const log = { info: () => undefined, warn: (facts: object) => void warnings.push(facts) };
    const attempt = { ...at.attempts[0]!, log };
    const held = await heldShares(attempt, await memberOf(attempt, at), at.coordinator.shares);
    return { at, held: held.map(({ dealer }) => dealer), warnings, attempt };
  }
  const change = (at: Bench, ciphertext: `0x${string}`) => {
    at.coordinator.shares[3]!.ciphertexts[0] = ciphertext;
  };

  it("withholds a bad dealer's share, and says which and why", async () => {
    const garbage = await withBadDealer((at) => change(at, `0x${'5a'.repeat(178)}`));
    expect(garbage.held).to.deep.equal([0, 1, 2, 4]);
    expect(garbage.warnings).to.deep.equal([{ dealer: 3, code: 'share/undecryptable' }]);
  });

  it('withholds a share that the coordinator does not hand out, until it does', async () => {
    const at = await benchAt('masking');
    const warnings: object[] = [];
    const first = at.attempts[0]!;
    const attempt: Attempt = {
      ...first,
      log: { info: () => undefined, warn: (facts: object) => void warnings.push(facts) },
      api: {
        ...first.api,
        deliveries: async (id, member) =>
          (await first.api.deliveries(id, member)).filter(({ dealer }) => dealer !== 3),
      },
    };
    const membership = await memberOf(attempt, at);
    const held = await heldShares(attempt, membership, at.coordinator.shares);
    expect(held.map(({ dealer }) => dealer)).to.deep.equal([0, 1, 2, 4]);
    expect(warnings).to.deep.equal([{ dealer: 3, code: 'share/not-delivered' }]);
    const later = await heldShares(first, membership, at.coordinator.shares);
    expect(later.map(({ dealer }) => dealer)).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('withholds what is off the root that its dealer signed', async () => {
    const { held, warnings } = await withBadDealer((at) => {
      const { message, ciphertexts } = at.coordinator.shares[3]!;
      const lie = signed(3, 'Shares', { ...message, shareRoot: message.seedDigest });
      at.coordinator.shares[3] = { ...lie, ciphertexts };
    });
    expect(held).to.deep.equal([0, 1, 2, 4]);
    expect(warnings).to.deep.equal([{ dealer: 3, code: 'share/off-root' }]);
  });

  it('fetches again only what it misses, and what it opened before survives a restart', async () => {
    const good: `0x${string}`[] = [];
    const { at, attempt } = await withBadDealer((bent) => {
      good.push(bent.coordinator.shares[3]!.ciphertexts[0]!);
      change(bent, '0x00');
    });
    change(at, good[0]!);
    at.coordinator.shares[1]!.ciphertexts[0] = '0x00';
    const again = restarted(attempt, at.homes[0]!);
    const held = await heldShares(again, await memberOf(again, at), at.coordinator.shares);
    expect(held.map(({ dealer }) => dealer)).to.deep.equal([0, 1, 2, 3, 4]);
    at.coordinator.onCall = () => {
      throw new Error('asked again');
    };
    expect(await heldShares(again, await memberOf(again, at), at.coordinator.shares)).to.have.length(5);
  });

  it('leaves out what is journalled but off the root that is shown now', async () => {
    const { at, attempt } = await withBadDealer(() => undefined);
    const { message, ciphertexts } = at.coordinator.shares[3]!;
    at.coordinator.shares[3] = {
      ...signed(3, 'Shares', { ...message, shareRoot: message.seedDigest }),
      ciphertexts,
    };
    const held = await heldShares(attempt, await memberOf(attempt, at), at.coordinator.shares);
    expect(held.map(({ dealer }) => dealer)).to.deep.equal([0, 1, 2, 4]);
  });
});
