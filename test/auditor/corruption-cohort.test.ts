/** Who took part in a round, corrupted before hashing: a dropped input, a swapped U2, an enrolment. protocol.md §6.4 */
import { halfRange } from '#crypto/parameters.ts';
import { toHex } from '#crypto/bytes.ts';
import { readBlock } from '#datasets/read-block.ts';
import { roundSchema, type Evidence } from '#protocol/manifests.ts';
import { membersDigest, sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { type Bytes32 } from '#protocol/units.ts';
import { signed } from '#test/support/cohort.ts';
import type { Lie, Told } from './corrupt.ts';
import { expectNamed, withOne, type Named } from './named.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('a cohort corrupted before hashing', () => {
  let honest: Lineage;
  let rounds: readonly [Round, Round];
  before(async () => {
    honest = await honestLineage();
    rounds = honest.rounds as readonly [Round, Round];
  });
  const named = (round: number, lie: Lie, of: Named) => expectNamed(honest, round, lie, of);

  /** The sum without one member's update, which a forger may know from a colluder. */
  const sumWithout = ({ sum }: Told, round: Round, member: number) => {
    const words = round.cohort.quantised.get(member)!;
    return sum.map((value, at) => value - (words[at]! - halfRange(honest.job.parameters.bits)));
  };
  const without = (inputs: Evidence['inputs'], member: number) =>
    inputs.filter(({ message }) => message.member !== member);

  describe('a dropped input', () => {
    const dropped = (told: Told, confirmations: Evidence['confirmations']): Partial<Told> => ({
      evidence: { ...told.evidence, inputs: without(told.evidence.inputs, 2), confirmations },
      sum: sumWithout(told, rounds[0], 2),
    });

    it('is named by its owner’s confirmation', () =>
      named(1, (told) => dropped(told, told.evidence.confirmations), {
        check: 'evidence.messages',
        code: 'confirm/other-survivors',
        at: 'evidence',
        detail: 'member 0',
      }));

    it('is named where only colluders confirm the smaller set', () =>
      named(
        1,
        (told) => {
          const left = told.evidence.confirmations.filter(({ message }) => message.member !== 2);
          const survivors = survivorsRoot(without(told.evidence.inputs, 2));
          return dropped(
            told,
            withOne(left, 0, ({ message }) => signed(0, 'Confirm', { ...message, survivors })),
          );
        },
        { check: 'evidence.messages', code: 'confirm/other-survivors', at: 'evidence', detail: 'member 1' },
      ));

    it('is named where those who did not confirm the smaller set are left out', () =>
      named(
        1,
        (told) => {
          const survivors = survivorsRoot(without(told.evidence.inputs, 2));
          const message = { ...told.evidence.confirmations[0]!.message, survivors };
          return dropped(told, [signed(0, 'Confirm', message)]);
        },
        { check: 'evidence.messages', code: 'confirm/too-few', at: 'evidence', detail: '4 are needed' },
      ));

    it('is named where it is left out of the sum alone', () =>
      named(1, (told) => ({ sum: sumWithout(told, rounds[0], 2) }), {
        check: 'aggregate.sum',
        code: 'aggregate/differs',
        at: 'aggregate → sum',
        detail: 'coordinate 0',
      }));

    it('is named where sum, manifest and payouts speak of the others only', () =>
      named(1, (told) => ({ inputs: without(told.inputs, 2), sum: sumWithout(told, rounds[0], 2) }), {
        check: 'evidence.manifest',
        code: 'evidence/other-round',
        at: 'evidence → survivors',
      }));
  });

  describe('a swapped U2', () => {
    const smaller = ({ shares, secrets, ...evidence }: Evidence): Evidence => ({
      ...evidence,
      shares: shares.filter(({ message }) => message.member !== 3),
      secrets: secrets.filter(({ member }) => member !== 3),
    });

    it('is named by the inputs that were masked with the true one', () =>
      named(2, ({ evidence }) => ({ evidence: smaller(evidence) }), {
        check: 'evidence.messages',
        code: 'input/other-sharers',
        at: 'evidence',
        detail: 'member 0',
      }));

    it('is named where a colluder signs for it', () =>
      named(
        2,
        ({ evidence }) => {
          const swapped = smaller(evidence);
          const sharers = membersDigest(sharersOf(swapped.shares));
          const inputs = withOne(swapped.inputs, 0, (input) => ({
            ...input,
            ...signed(0, 'Input', { ...input.message, sharers }),
          }));
          return { evidence: { ...swapped, inputs } };
        },
        { check: 'evidence.messages', code: 'input/other-sharers', at: 'evidence', detail: 'member 1' },
      ));

    it('is named where only the manifest speaks of it', () =>
      named(2, () => ({ sharers: [0, 1, 2, 4] }), {
        check: 'evidence.manifest',
        code: 'evidence/other-round',
        at: 'evidence → sharers',
      }));
  });

  describe('an enrolment', () => {
    it('is named where a colluder enrols another key afterwards', () =>
      named(
        2,
        ({ evidence }) => {
          const maskKey = toHex(rounds[0].cohort.keys[0]!.mask.publicKey) as Bytes32;
          const roster = withOne(evidence.roster, 0, ({ message }) =>
            signed(0, 'Enrolment', { ...message, maskKey }),
          );
          return { evidence: { ...evidence, roster } };
        },
        { check: 'evidence.messages', code: 'message/other-roster', at: 'evidence', detail: 'member 0' },
      ));

    it('is named where the evidence’s copy is signed by another, which the roster’s root does not show', () =>
      named(
        2,
        async ({ evidence }) => {
          const roster = withOne(evidence.roster, 2, ({ message }) => signed(1, 'Enrolment', message));
          // The lineage's own copy of the roster stays the honest one.
          const settled = await readBlock(honest.store, rounds[1].manifest, roundSchema, 'the manifest');
          return {
            evidence: { ...evidence, roster },
            manifest: (lied) => ({ ...lied, roster: settled.roster }),
          };
        },
        {
          check: 'evidence.messages',
          code: 'message/bad-signature',
          at: 'evidence → roster',
          detail: 'seat 2',
        },
      ));
  });
});
