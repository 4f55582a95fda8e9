import { expect } from 'chai';
import { generateKeys } from '#crypto/agreement.ts';
import { seededRng } from '#crypto/random.ts';
import type { Attempt } from '#client/attempt.ts';
import { isFlaw, membershipIn } from '#client/steps/membership.ts';
import { flaw } from '#protocol/flaw.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { toAddress, toBytes32 } from '#protocol/units.ts';
import { enrolmentOf, operatorAddress, signed } from '#test/support/cohort.ts';
import { bench, benchAt, restarted, seatsOnChain, show, type Bench } from '../support/cohort.ts';
import { removeHomes } from '../support/home.ts';

const enrolled = (): Promise<Bench> => benchAt('sharing');

/** The code of the flaw, or the member's index. */
async function outcome(attempt: Attempt, roster: readonly Signed<Enrolment>[]): Promise<string | number> {
  const result = await membershipIn(attempt, roster);
  return isFlaw(result) ? result.code : result.member;
}

/** A roster with one entry replaced by what its own operator signed. */
function bent({ coordinator }: Bench, seat: number, change: Partial<Enrolment>): Signed<Enrolment>[] {
  return coordinator.enrolments.map((envelope) =>
    envelope.message.seat === seat ? signed(seat, 'Enrolment', { ...envelope.message, ...change }) : envelope,
  );
}

const fresh = (at: Bench, seat: number) =>
  enrolmentOf(
    at.attempts[0]!.expected,
    seat,
    generateKeys(seededRng(new TextEncoder().encode('other keys'))),
  );

describe('membership in a roster', () => {
  afterEach(removeHomes);

  it('is its place among the enrolments, and is journalled', async () => {
    const at = await enrolled();
    const [, second] = at.attempts;
    expect(await outcome(second!, at.coordinator.enrolments)).to.equal(1);
    expect(await outcome(at.attempts[4]!, at.coordinator.enrolments.slice(1))).to.equal(3);
    expect(second!.record.decided('roster')).to.deep.equal(at.coordinator.enrolments);
  });

  it('is for those who enrolled', async () => {
    const at = await bench();
    await show(at, 'enrolling', [0, 1, 2, 3]);
    expect(await outcome(at.attempts[4]!, at.coordinator.enrolments)).to.equal('roster/not-enrolled');
  });

  const refusals: [string, string, (at: Bench) => readonly Signed<Enrolment>[]][] = [
    ['leaves this client out', 'roster/left-out', ({ coordinator }) => coordinator.enrolments.slice(1)],
    ['has two members', 'roster/too-small', ({ coordinator }) => coordinator.enrolments.slice(0, 2)],
    [
      'has more members than shares can be dealt to',
      'roster/too-large',
      ({ coordinator }) => Array.from({ length: 101 }, (_, at) => coordinator.enrolments[at % 5]!),
    ],
    ['is out of order', 'roster/order', ({ coordinator }) => coordinator.enrolments.toReversed()],
    [
      'repeats a member',
      'roster/order',
      ({ coordinator }) => [coordinator.enrolments[0]!, ...coordinator.enrolments],
    ],
    [
      "swaps a peer's key without its signature",
      'message/bad-signature',
      ({ coordinator }) =>
        coordinator.enrolments.map(({ message, signature }) => ({
          message:
            message.seat === 2
              ? { ...message, maskKey: coordinator.enrolments[1]!.message.maskKey }
              : message,
          signature,
        })),
    ],
    [
      'swaps its own keys under its own signature',
      'roster/own-keys',
      (at) => bent(at, 0, { channelKey: fresh(at, 0).channelKey, maskKey: fresh(at, 0).maskKey }),
    ],
    ['changes its own backend', 'roster/own-keys', (at) => bent(at, 0, { backend: 'other' })],
    [
      'names another operator than the chain',
      'enrolment/wrong-operator',
      (at) => bent(at, 3, { operator: operatorAddress(2) }),
    ],
    [
      'holds a seat that the job has not',
      'enrolment/unknown-seat',
      (at) => [...at.coordinator.enrolments, signed(9, 'Enrolment', fresh(at, 9))],
    ],
    ['is of another round', 'message/other-attempt', (at) => bent(at, 3, { round: 2 })],
    ['is of another attempt', 'message/other-attempt', (at) => bent(at, 3, { attempt: 2 })],
    ['is for another model', 'enrolment/other-terms', (at) => bent(at, 3, { model: fresh(at, 3).maskKey })],
    [
      'gives two members one key',
      'roster/duplicate-key',
      (at) => bent(at, 3, { channelKey: at.coordinator.enrolments[1]!.message.maskKey }),
    ],
    [
      'holds a key with which nothing can be agreed',
      'key/low-order',
      (at) => bent(at, 3, { channelKey: toBytes32(`0x01${'00'.repeat(31)}`) }),
    ],
  ];
  for (const [what, code, roster] of refusals) {
    it(`is refused where the roster ${what}`, async () => {
      const at = await enrolled();
      expect(await outcome(at.attempts[0]!, roster(at))).to.equal(code);
      expect(at.attempts[0]!.record.decided('roster')).to.equal(null);
    });
  }

  const onChain: [string, string, (seat: ReturnType<typeof seatsOnChain>[number]) => object][] = [
    ['two datasets are of one owner', 'roster/duplicate-owner', () => ({ owner: seatsOnChain()[1]!.owner })],
    ['two seats have one operator', 'enrolment/wrong-operator', () => ({ operator: operatorAddress(1) })],
    [
      'the chain holds another operator',
      'enrolment/wrong-operator',
      () => ({ operator: toAddress(`0x${'99'.repeat(20)}`) }),
    ],
  ];
  for (const [what, code, change] of onChain) {
    it(`is refused where, by its own RPC, ${what}`, async () => {
      const at = await enrolled();
      const seats = seatsOnChain().map((seat) => (seat.dataset === 4n ? { ...seat, ...change(seat) } : seat));
      const attempt = { ...at.attempts[0]!, readSeats: async () => seats };
      expect(await outcome(attempt, at.coordinator.enrolments)).to.equal(code);
    });
  }

  it('is refused for a duplicate operator, signed for both seats', async () => {
    const at = await enrolled();
    const twin = { ...fresh(at, 4), operator: operatorAddress(3) };
    const roster = [...at.coordinator.enrolments.slice(0, 4), signed(3, 'Enrolment', twin)];
    const seats = seatsOnChain().map((seat) =>
      seat.dataset === 5n ? { ...seat, operator: operatorAddress(3) } : seat,
    );
    expect(await outcome({ ...at.attempts[0]!, readSeats: async () => seats }, roster)).to.equal(
      'roster/duplicate-operator',
    );
  });

  it('is refused below the minimum of the terms', async () => {
    const at = await enrolled();
    const { job } = at.attempts[0]!;
    const stricter = { ...job, manifest: { ...job.manifest, minimumCohort: 6 } };
    expect(await outcome({ ...at.attempts[0]!, job: stricter }, at.coordinator.enrolments)).to.equal(
      'roster/below-minimum',
    );
  });

  it('is refused where its terms want a graph that no roster of this size can have', async () => {
    const at = await enrolled();
    const { job } = at.attempts[0]!;
    const sparse = { ...job, sparse: { above: 2, corruption: 0.05, dropout: 0.05 } };
    expect(await outcome({ ...at.attempts[0]!, job: sparse }, at.coordinator.enrolments)).to.equal(
      'parameters/no-safe-graph',
    );
    expect(at.attempts[0]!.record.decided('roster')).to.equal(null);
  });

  it("is refused by the owner's policy, which is shown the chain's owners of the whole roster", async () => {
    const at = await enrolled();
    const shown: bigint[][] = [];
    const attempt: Attempt = {
      ...at.attempts[0]!,
      cohortFlaw: (cohort) => {
        shown.push(cohort.map(({ dataset }) => dataset));
        return flaw('policy/cohort-too-small', 'x');
      },
    };
    expect(await outcome(attempt, at.coordinator.enrolments)).to.equal('policy/cohort-too-small');
    expect(shown).to.deep.equal([[1n, 2n, 3n, 4n, 5n]]);
  });

  it('is of the first roster that was accepted, for ever, whatever else would be sound', async () => {
    const at = await enrolled();
    const smaller = at.coordinator.enrolments.slice(0, 4);
    expect(await outcome(at.attempts[0]!, smaller)).to.equal(0);
    expect(await outcome(at.attempts[0]!, at.coordinator.enrolments)).to.equal('roster/changed');
    const again = restarted(at.attempts[0]!, at.homes[0]!);
    expect(await outcome(again, at.coordinator.enrolments)).to.equal('roster/changed');
    expect(await outcome(again, bent(at, 2, { backend: 'x' }).slice(0, 4))).to.equal('roster/changed');
    expect(await outcome(again, smaller)).to.equal(0);
  });
});
