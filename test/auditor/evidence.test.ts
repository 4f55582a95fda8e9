/** Level 4: a sum or evidence that is not what was signed. */
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import type { Given } from '#auditor/subject.ts';
import { readBlock } from '#datasets/read-block.ts';
import { aggregateSchema, evidenceSchema } from '#protocol/manifests.ts';
import { decodeBlock } from '#protocol/dag.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { damaged, settledLie, type Edit, type Fields } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('audit level 4', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  /** The raw chunk of a blob. */
  const chunkOf = async (blob: CID, store = honest.store): Promise<CID> =>
    ((decodeBlock(await store.get(blob)) as Fields)['chunks'] as CID[])[0]!;
  const flip = (at: number) => (old: Uint8Array) => old.with(at, old[at]! ^ 1);
  const vectorOf = async (round: Round, index: number): Promise<CID> =>
    (await readBlock(honest.evidence, round.evidence, evidenceSchema, 'evidence')).inputs[index]!.vector;

  describe('the sum', () => {
    it('names the coordinate at which the aggregate is not the sum of the inputs', async () => {
      const { sum } = await readBlock(honest.store, second.aggregate, aggregateSchema, 'aggregate');
      const given = await settledLie(honest, { cid: await chunkOf(sum), bytes: flip(4 * 7) });
      expect(await faults(given, [4])).to.deep.equal(['aggregate.sum @ round 2: aggregate/differs']);
      const verdict = await finding(given, 'aggregate.sum', 'round 2');
      expect(verdict).to.have.property('place', 'round 2 → aggregate → sum');
      expect(verdict)
        .to.have.property('detail')
        .that.matches(/^coordinate 7: the inputs add up to -?\d+, the aggregate says -?\d+$/);
    });
  });

  describe('evidence', () => {
    it('is not asked for where none was given: the level has not passed', async () => {
      const given = { ...honest.given, evidence: honest.given.evidence.slice(0, 1) };
      expect(await faults(given, [4])).to.deep.equal(
        ['root', 'manifest', 'messages', 'secrets', 'inputs']
          .map((part) => `evidence.${part} @ round 2: not checked`)
          .concat('aggregate.sum @ round 2: not checked'),
      );
      const verdict = await finding(given, 'evidence.root', 'round 2');
      expect(verdict).to.have.property('why').that.contains('no evidence of round 2 was given');
    });

    it('has the root that the manifest names', async () => {
      const lie = await settledLie(honest, {
        cid: second.evidence,
        value: (e) => ({ ...e, confirmations: [] }),
      });
      const given = { ...honest.given, evidence: [honest.given.evidence[0]!, lie.evidence[1]!] };
      const verdict = await finding(given, 'evidence.root', 'round 2');
      expect(verdict).to.include({ code: 'evidence/other-root', place: 'round 2 → evidence' });
      expect(await finding(given, 'evidence.root', 'round 1')).to.have.property('result', 'passed');
    });

    it('ignores a copy that is no evidence at all', async () => {
      const given: Given = { ...honest.given, evidence: [{ root: first.payouts, source: honest.store }] };
      expect(await finding(given, 'evidence.root', 'round 1')).to.have.property('result', 'not checked');
    });

    it('names the exact link of a flipped byte', async () => {
      const chunk = await chunkOf(await vectorOf(second, 1), honest.evidence);
      const source = damaged(honest.evidence, chunk, 'flipped');
      const given = {
        ...honest.given,
        evidence: honest.given.evidence.map(({ root }) => ({ root, source })),
      };
      const verdict = await finding(given, 'evidence.root', 'round 2');
      expect(verdict).to.include({
        code: 'link/altered',
        place: `round 2 → evidence → input 1 → vector → chunk 0 (${chunk.toString()})`,
      });
      expect((await faults(given, [4]))[0]).to.equal('evidence.root @ round 2: link/altered');
    });

    it('is of the attempt, roster, sharers and survivors of the manifest', async () => {
      for (const [field, change] of [
        ['chain', () => ({ chainId: 1 })],
        ['escrow', () => ({ escrow: `0x${'ab'.repeat(20)}` })],
        ['job', () => ({ job: 8 })],
        ['round', () => ({ round: 3 })],
        ['attempt', () => ({ attempt: 4 })],
        ['roster', (old: Fields) => ({ roster: (old['roster'] as Fields[]).slice(1) })],
        ['sharers', (old: Fields) => ({ shares: (old['shares'] as Fields[]).slice(0, -1) })],
        ['survivors', (old: Fields) => ({ inputs: (old['inputs'] as Fields[]).slice(1) })],
      ] as const) {
        const given = await settledLie(honest, {
          cid: second.evidence,
          value: (old) => ({ ...old, ...change(old) }),
        });
        const verdict = await finding(given, 'evidence.manifest', 'round 2');
        expect(verdict).to.include({ code: 'evidence/other-round', place: `round 2 → evidence → ${field}` });
      }
    });

    it('is asked nothing more where it is of another round', async () => {
      const given = await settledLie(honest, {
        cid: second.evidence,
        value: (old) => ({ ...old, attempt: 4 }),
      });
      expect(await faults(given, [4])).to.deep.equal([
        'evidence.manifest @ round 2: evidence/other-round',
        'evidence.messages @ round 2: not checked',
        'evidence.secrets @ round 2: not checked',
        'aggregate.sum @ round 2: not checked',
      ]);
    });

    it('binds the survivors that the manifest lists to their inputs', async () => {
      const edit: Edit = {
        cid: second.manifest,
        value: (m) => ({
          ...m,
          survivors: (m['survivors'] as Fields[]).map((one, at) =>
            at === 2 ? { ...one, inputRoot: digestOfText('x') } : one,
          ),
        }),
      };
      const verdict = await finding(await settledLie(honest, edit), 'evidence.manifest', 'round 2');
      expect(verdict).to.include({ place: 'round 2 → evidence → survivors' });
    });

    it('has messages that their members signed', async () => {
      const edit: Edit = {
        cid: second.evidence,
        value: (old) => ({
          ...old,
          shares: (old['shares'] as Fields[]).map((one, at) =>
            at === 3
              ? { ...one, message: { ...(one['message'] as Fields), shareRoot: digestOfText('x') } }
              : one,
          ),
        }),
      };
      const verdict = await finding(await settledLie(honest, edit), 'evidence.messages', 'round 2');
      expect(verdict).to.include({ code: 'message/bad-signature', place: 'round 2 → evidence' });
    });

    it('has as many confirmations as the threshold', async () => {
      const edit: Edit = {
        cid: second.evidence,
        value: (old) => ({ ...old, confirmations: (old['confirmations'] as Fields[]).slice(1) }),
      };
      expect(await faults(await settledLie(honest, edit), [4])).to.deep.equal([
        'evidence.messages @ round 2: confirm/too-few',
        'evidence.secrets @ round 2: not checked',
        'aggregate.sum @ round 2: not checked',
      ]);
    });

    it('has the secrets that members committed to', async () => {
      const edit: Edit = {
        cid: second.evidence,
        value: (old) => ({
          ...old,
          secrets: (old['secrets'] as Fields[]).map((one) =>
            one['kind'] === 'mask' ? { ...one, value: digestOfText('x') } : one,
          ),
        }),
      };
      const given = await settledLie(honest, edit);
      expect(await finding(given, 'evidence.secrets', 'round 2')).to.include({
        code: 'evidence/false-secret',
        place: 'round 2 → evidence → secrets',
      });
      expect(await faults(given, [4])).to.deep.equal([
        'evidence.secrets @ round 2: evidence/false-secret',
        'aggregate.sum @ round 2: not checked',
      ]);
    });

    it('has the inputs that members signed', async () => {
      const chunk = await chunkOf(await vectorOf(second, 3), honest.evidence);
      const given = await settledLie(honest, { cid: chunk, bytes: flip(9) });
      expect(await faults(given, [4])).to.deep.equal([
        'evidence.inputs @ round 2: evidence/other-input',
        'aggregate.sum @ round 2: not checked',
      ]);
      const verdict = await finding(given, 'evidence.inputs', 'round 2');
      expect(verdict).to.have.property('place', 'round 2 → evidence → input of member 4');
    });

    it('has no vector longer than the job’s', async () => {
      const vector = await vectorOf(first, 0);
      const edits: Edit[] = [
        { cid: await chunkOf(vector, honest.evidence), bytes: (old) => Uint8Array.of(...old, 0) },
        { cid: vector, value: (blob) => ({ ...blob, size: (blob['size'] as number) + 1 }) },
      ];
      const verdict = await finding(await settledLie(honest, ...edits), 'evidence.inputs', 'round 1');
      expect(verdict).to.include({ code: 'blob/too-big' });
    });

    it('needs no block of one round for another', async () => {
      const source = damaged(honest.evidence, first.evidence, 'gone');
      const given = {
        ...honest.given,
        evidence: honest.given.evidence.map(({ root }) => ({ root, source })),
      };
      const found = await faults(given, [4]);
      expect(found[0]).to.equal('evidence.root @ round 1: link/missing');
      expect(found.every((line) => line.includes('round 1'))).to.equal(true);
    });
  });
});
