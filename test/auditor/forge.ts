/** Lies about an honest job: a block changed and everything above it hashed again, on chain or in a copy only. */
import { CID } from 'multiformats/cid';
import type { AuditFacts } from '#auditor/facts.ts';
import type { Given } from '#auditor/subject.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { cidFromDigest, codecOf, decodeBlock, encodeBlock, type DagValue } from '#protocol/dag.ts';
import { headOf, type Lineage } from './lineage.ts';

export type Fields = { [key: string]: DagValue };

/** What a block says instead. */
export type Edit = Readonly<
  { cid: CID; value: (old: Fields) => DagValue } | { cid: CID; bytes: (old: Uint8Array) => Uint8Array }
>;

/** Copies the blocks below `cid` with the edits made; gives a block's CID after them. */
function rewriter(from: readonly ScratchStore[], to: ScratchStore, edits: readonly Edit[]) {
  const done = new Map<string, CID>();
  const bytesOf = (cid: CID): Uint8Array => {
    const held = from.map(({ blocks }) => blocks.get(cid.toString())).find((block) => block !== undefined);
    if (!held) throw new Error(`the honest lineage has no block ${cid.toString()}`);
    return held.bytes;
  };
  const links = async (value: DagValue): Promise<DagValue> => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (value instanceof CID) return rewrite(value);
    if (Array.isArray(value)) return Promise.all(value.map(links));
    const entries = Object.entries(value).map(
      async ([key, member]) => [key, await field(key, member)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  const field = async (key: string, member: DagValue): Promise<DagValue> => {
    // The manifest names its evidence by digest, not by link.
    if (key !== 'evidence' || typeof member !== 'string') return links(member);
    return digestHex(await rewrite(cidFromDigest('dag-cbor', fromHex(member))));
  };
  async function rewrite(cid: CID): Promise<CID> {
    const before = done.get(cid.toString());
    if (before) return before;
    const edit = edits.find((one) => one.cid.equals(cid));
    let after: CID;
    if (codecOf(cid) === 'raw' || (edit && 'bytes' in edit)) {
      const bytes = bytesOf(cid);
      // What the true bytes link to is still there.
      if (codecOf(cid) === 'dag-cbor') await links(decodeBlock(bytes));
      after = await to.put(codecOf(cid), edit && 'bytes' in edit ? edit.bytes(bytes) : bytes);
    } else {
      const value = (await links(decodeBlock(bytesOf(cid)))) as Fields;
      after = await to.put(
        'dag-cbor',
        encodeBlock(edit && 'value' in edit ? edit.value(value) : value).bytes,
      );
    }
    done.set(cid.toString(), after);
    return after;
  }
  return rewrite;
}

/** Facts whose heads follow from their settlements again. */
export function rechained(
  facts: AuditFacts,
  settlements: readonly Omit<SettlementOnChain, 'head'>[],
): AuditFacts {
  const chained: SettlementOnChain[] = [];
  for (const settlement of settlements) {
    const linked = { ...settlement, previousHead: chained.at(-1)?.head ?? settlement.previousHead };
    chained.push({ ...linked, head: headOf(linked) });
  }
  return { ...facts, job: { ...facts.job, settlements: chained }, heads: chained.map(({ head }) => head) };
}

/** A job whose parties settled the lie: the digests on chain are those of the edited blocks. */
export async function settledLie(lineage: Lineage, ...edits: Edit[]): Promise<Given> {
  const { facts, given } = lineage;
  const store = scratchStore();
  const rewrite = rewriter([lineage.store, lineage.evidence], store, edits);
  const moved = async (digest: string, codec: 'raw' | 'dag-cbor' = 'dag-cbor') =>
    digestHex(await rewrite(cidFromDigest(codec, fromHex(digest))));
  const settlements = await Promise.all(
    facts.job.settlements.map(async (one) => ({ ...one, manifest: await moved(one.manifest) })),
  );
  const job = { ...facts.job, terms: await moved(facts.job.terms) };
  const descriptors = await Promise.all(facts.descriptors.map((digest) => moved(digest, 'raw')));
  return {
    ...given,
    facts: rechained({ ...facts, job, descriptors }, settlements),
    blocks: store,
    evidence: await Promise.all(
      given.evidence.map(async ({ root }) => ({ root: await rewrite(root), source: store })),
    ),
  };
}

/** A copy that is consistent in itself, and not what was settled: the chain still holds the honest digests. */
export async function consistentForgery(lineage: Lineage, ...edits: Edit[]): Promise<Given> {
  const store = scratchStore();
  const rewrite = rewriter([lineage.store, lineage.evidence], store, edits);
  const last = lineage.rounds.at(-1);
  if (!last) throw new Error('there is no round');
  return { ...lineage.given, blocks: store, claimedHead: await rewrite(last.manifest) };
}

/** A source in which one block has a flipped bit, or is not there. */
export function damaged(source: BlockSource, cid: CID, how: 'flipped' | 'gone'): BlockSource {
  return {
    async get(asked) {
      if (!asked.equals(cid)) return source.get(asked);
      if (how === 'gone') return scratchStore().get(asked);
      const bytes = (await source.get(asked)).slice();
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      return bytes;
    },
  };
}
