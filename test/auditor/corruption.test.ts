/**
 * Evidence corrupted before hashing, with all that follows recomputed, linked, signed by whoever colludes, and settled:
 * every hash and link holds, and the audit names the lie all the same. protocol.md §6.4
 */
import { expect } from 'chai';
import { seedDigest } from '#crypto/commitments.ts';
import { inputRoot, pack, unpack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { putBlob } from '#datasets/blob.ts';
import { type Evidence } from '#protocol/manifests.ts';
import { contextOf } from '#protocol/job-id.ts';
import { type Bytes32 } from '#protocol/units.ts';
import { digestOfText, domain, signed } from '#test/support/cohort.ts';
import { corrupted, type Lie, type Told } from './corrupt.ts';
import { expectNamed, withOne, type Named } from './named.ts';
import { faults } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('evidence corrupted before hashing', () => {
  let honest: Lineage;
  let rounds: readonly [Round, Round];
  before(async () => {
    honest = await honestLineage();
    rounds = honest.rounds as readonly [Round, Round];
  });
  const named = (round: number, lie: Lie, of: Named) => expectNamed(honest, round, lie, of);

  const withSecret = ({ evidence }: Told, member: number, change: Partial<Evidence['secrets'][number]>) => ({
    evidence: { ...evidence, secrets: withOne(evidence.secrets, member, (one) => ({ ...one, ...change })) },
  });

  it('is what an honest job is not', async () => {
    for (const round of [1, 2])
      expect(await faults(await corrupted(honest, round, () => ({})))).to.deep.equal([]);
  });

  describe('a false secret', () => {
    const at = 'evidence → secrets';
    const falseSecret = { check: 'evidence.secrets', code: 'evidence/false-secret', at };

    it('is named: a survivor’s seed', () =>
      named(2, (told) => withSecret(told, 1, { value: digestOfText('seed') }), {
        ...falseSecret,
        detail: 'seed of member 1',
      }));

    it('is named: a seed that a colluder signs again, with an input that it does not open', () =>
      named(
        2,
        ({ evidence, ...told }) => {
          const seed = digestOfText('another seed');
          const context = contextOf(domain, rounds[1].cohort.id);
          const other = toHex(seedDigest(context, 1, fromHex(seed))) as Bytes32;
          const shares = withOne(evidence.shares, 1, ({ message }) =>
            signed(1, 'Shares', { ...message, seedDigest: other }),
          );
          return withSecret({ ...told, evidence: { ...evidence, shares } }, 1, { value: seed });
        },
        { check: 'aggregate.sum', code: 'vector/sum-out-of-range', at: 'aggregate → sum' },
      ));

    it('is named: a dropout’s mask secret that is another’s', () =>
      named(
        2,
        (told) =>
          withSecret(told, 3, { value: toHex(rounds[1].cohort.keys[2]!.mask.secret.reveal()) as Bytes32 }),
        { ...falseSecret, detail: 'mask of member 3' },
      ));

    it('is named: another spelling of the true mask secret, with bits that X25519 ignores', async () => {
      for (const [byte, bit] of [
        [0, 2],
        [31, 7],
      ] as const) {
        await named(
          2,
          (told) => {
            const value = fromHex(told.evidence.secrets[3]!.value);
            const flipped = value.with(byte, value[byte]! ^ (1 << bit));
            return withSecret(told, 3, { value: toHex(flipped) as Bytes32 });
          },
          { ...falseSecret, detail: 'mask of member 3' },
        );
      }
    });

    it('is named: a survivor’s mask secret, which would open its input alone', () =>
      named(
        2,
        (told) =>
          withSecret(told, 0, {
            kind: 'mask',
            value: toHex(rounds[1].cohort.keys[0]!.mask.secret.reveal()) as Bytes32,
          }),
        { check: 'evidence.secrets', code: 'evidence/wrong-secret', at, detail: 'member 0' },
      ));
  });

  it('names a wrong weight, with the model computed by it', () =>
    named(
      2,
      ({ job }) => {
        const datasets = withOne(job.manifest.datasets, 2, (one) => ({ ...one, weight: 4 }));
        return { job: { ...job, manifest: { ...job.manifest, datasets } } };
      },
      { check: 'cohort.weights', code: 'weights/sum', at: 'aggregate', detail: 'add up to 11' },
    ));

  it('names a wrong average', () =>
    named(2, ({ job }) => ({ job: { ...job, parameters: { ...job.parameters, range: 1.5 } } }), {
      check: 'model.transition',
      code: 'model/transition',
      at: 'modelAfter',
    }));

  it('names the confirmation of another set', () =>
    named(
      2,
      ({ evidence }) => ({
        evidence: {
          ...evidence,
          confirmations: withOne(evidence.confirmations, 3, ({ message }) =>
            signed(4, 'Confirm', { ...message, survivors: digestOfText('another set') }),
          ),
        },
      }),
      { check: 'evidence.messages', code: 'confirm/other-survivors', at: 'evidence', detail: 'member 4' },
    ));

  describe('a survivor’s vector that is another valid one', () => {
    const swap = async ({ evidence, ...told }: Told, resigned: boolean): Promise<Partial<Told>> => {
      const { cohort } = rounds[1];
      const { parameters } = honest.job;
      const w = wordBits(parameters.bits, cohort.roster.members.length);
      const words = unpack(cohort.vectors.get(1)!, parameters.dimension, w);
      words[5] = (words[5]! + 3) % 2 ** w;
      const packed = pack(words, w);
      const vector = await putBlob(honest.evidence, packed);
      const root = toHex(inputRoot(packed, parameters, w)) as Bytes32;
      const inputs = withOne(evidence.inputs, 1, ({ message, signature }) => ({
        ...(resigned ? signed(1, 'Input', { ...message, inputRoot: root }) : { message, signature }),
        vector,
      }));
      const sum = told.sum.slice();
      sum[5] = sum[5]! + 3;
      return { evidence: { ...evidence, inputs }, sum };
    };

    it('is named where its member signs it, by those who confirmed the first', () =>
      named(2, (told) => swap(told, true), {
        check: 'evidence.messages',
        code: 'confirm/other-survivors',
        at: 'evidence',
        detail: 'member 0',
      }));

    it('is named where its member does not', () =>
      named(2, (told) => swap(told, false), {
        check: 'evidence.inputs',
        code: 'evidence/other-input',
        at: 'evidence → input of member 1',
      }));
  });
});
