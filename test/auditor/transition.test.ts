/** Level 3: a model that the linked aggregate does not give; and what an audit says of a node that is away. */
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { readBlock } from '#datasets/read-block.ts';
import { aggregateSchema } from '#protocol/manifests.ts';
import { decodeBlock } from '#protocol/dag.ts';
import { damaged, settledLie, type Edit, type Fields } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('audit level 3', () => {
  let honest: Lineage;
  let first: Round;
  before(async () => {
    honest = await honestLineage();
    [first] = honest.rounds as [Round, Round];
  });

  /** The raw chunk of a blob. */
  const chunkOf = async (blob: CID, store = honest.store): Promise<CID> =>
    ((decodeBlock(await store.get(blob)) as Fields)['chunks'] as CID[])[0]!;

  it('refuses an aggregate that has one integer too few', async () => {
    const { sum } = await readBlock(honest.store, first.aggregate, aggregateSchema, 'aggregate');
    const edits: Edit[] = [
      { cid: await chunkOf(sum), bytes: (old) => old.slice(0, -4) },
      { cid: sum, value: (blob) => ({ ...blob, size: (blob['size'] as number) - 4 }) },
    ];
    const verdict = await finding(await settledLie(honest, ...edits), 'model.transition', 'round 1');
    expect(verdict).to.include({ code: 'aggregate/length' });
  });

  it('is not asked where a block of it is gone', async () => {
    const given = { ...honest.given, blocks: damaged(honest.store, first.manifest, 'gone') };
    expect(await faults(given, [3])).to.deep.equal(['model.transition @ round 1: not checked']);
  });

  it('gives no verdict while a node is away', async () => {
    const blocks = {
      get: async (): Promise<Uint8Array> => {
        throw new TributaryError('ipfs/unreachable', 'the IPFS node is away');
      },
    };
    const found = await faults({ ...honest.given, blocks }, [3]);
    expect(found).to.deep.equal([
      'model.transition @ round 1: not checked',
      'model.transition @ round 2: not checked',
    ]);
    for (const [id, place] of [
      ['links.terms', 'job'],
      ['links.round', 'round 1'],
      ['lineage.terms', 'job'],
    ] as const) {
      expect(await finding({ ...honest.given, blocks }, id, place)).to.have.property('result', 'not checked');
    }
    const verdict = await finding({ ...honest.given, blocks }, 'lineage.manifest', 'round 1');
    expect(verdict).to.deep.equal({ result: 'not checked', why: 'the IPFS node is away (ipfs/unreachable)' });
  });

  it('lets a bug through', async () => {
    const blocks = {
      get: async (): Promise<Uint8Array> => {
        throw new TypeError('a bug');
      },
    };
    const stopped = await faults({ ...honest.given, blocks }, [1]).catch((error: unknown) => error);
    expect(stopped).to.be.instanceOf(TypeError);
  });
});
