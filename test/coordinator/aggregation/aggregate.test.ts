import { readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { aggregator, type AggregationParts } from '#coordinator/aggregation/aggregate.ts';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import type { InnerEvent } from '#coordinator/round/attempt.ts';
import type { Unmasking } from '#coordinator/round/unmasking.ts';
import { disk } from '#coordinator/store/files.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { inputRoot, pack, unpack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { readBlock } from '#datasets/read-block.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { fromHex } from '#crypto/bytes.ts';
import { openThreads } from '#model/unmasking/threads.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { evidenceSchema, roundSchema } from '#protocol/manifests.ts';
import { encodeRevealed } from '#protocol/rules/revealed.ts';
import type { Bytes32 } from '#protocol/units.ts';
import {
  lineageJob,
  lineageRound,
  seatPrices,
  type LineageJob,
  type LineageRound,
} from '#test/support/lineage.ts';
import { codeOf } from '../code-of.ts';
import { memoryRecords } from '../fakes.ts';
import { save } from '../store/save.ts';
import { digestOfText, honestly, play, revealedOf, unmaskingOf } from '../fixtures.ts';
import { newFolder, removeFolder } from '../store/folder.ts';

describe('aggregation', () => {
  let folder: string;
  let lineage: LineageJob;
  let first: LineageRound;
  let second: LineageRound;
  before(async () => {
    folder = await newFolder();
    lineage = await lineageJob();
    first = await lineageRound(lineage, []);
    second = await lineageRound(lineage, [first], [3]);
  });
  after(() => removeFolder(folder));

  /** A state with the unmaskings of these members, which are kept beside it, and the vectors on disk. */
  async function prepared({ members, previous }: LineageRound, unmaskers: readonly number[]) {
    const vectors = openVectors(attemptsIn(folder, disk));
    const w = wordBits(members.parameters.bits, 5);
    for (const { message } of members.inputs) {
      const whole = [members.vectors.get(message.member)!];
      await vectors.receive(
        members.id,
        message,
        members.parameters,
        w,
        (async function* () {
          yield* whole;
        })(),
      );
    }
    const uploads = unmaskers.map((member) => unmaskingOf(members, member));
    const state = play(
      honestly(members, 'unmasking'),
      uploads.map((upload) => ({ type: 'unmasking', upload })),
    );
    const records = memoryRecords();
    const job = { job: 7, state: 'active', rounds: 3, round: members.id.round, attempt: 1 } as const;
    for (const upload of uploads) {
      const { member } = upload.message;
      const opened = encodeRevealed(upload.shares);
      const message = { kind: 'unmasking', slot: member, body: upload, opened } as const;
      await save(records, { job, attempts: [{ revision: 1, state }], message });
    }
    const evidence = scratchStore();
    const facts = { seats: seatPrices, bonusPool: 900n } as unknown as Awaited<
      ReturnType<AggregationParts['loadLineage']>
    >['facts'];
    const parts: AggregationParts = {
      records,
      vectors,
      threads: openThreads,
      evidence: () => evidence,
      ipfs: scratchStore(lineage.store),
      loadLineage: async () => ({ job: lineage.job, facts, before: lineage.job.manifest.model, previous }),
    };
    return { parts, state: state as Unmasking, evidence };
  }

  function resultOf({ proposal }: LineageRound): InnerEvent {
    const { manifest, payoutRoot, total, participants, evidence } = proposal;
    return { type: 'aggregated', result: { manifest, payoutRoot, total, participants, evidence } };
  }

  it('gives what everyone else computes, when all were there', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    expect(await aggregator(parts)(state)).to.deep.equal(resultOf(first));
  });

  it('gives it after a dropout, from whichever t members revealed, and again after a restart', async () => {
    for (const unmaskers of [
      [0, 1, 2, 4],
      [4, 3, 2, 1],
    ]) {
      const { parts, state } = await prepared(second, unmaskers);
      expect(await aggregator(parts)(state)).to.deep.equal(resultOf(second));
      expect(await aggregator(parts)(state)).to.deep.equal(resultOf(second));
    }
  });

  it('stores manifest and model for all, and evidence for itself alone', async () => {
    const { parts, state, evidence } = await prepared(second, [0, 1, 2, 4]);
    await aggregator(parts)(state);
    const manifestCid = cidFromDigest('dag-cbor', fromHex(second.proposal.manifest));
    const manifest = await readBlock(parts.ipfs, manifestCid, roundSchema, 'the manifest');
    expect(manifest.modelAfter.equals(second.result.after.cid)).to.equal(true);
    const root = cidFromDigest('dag-cbor', fromHex(second.proposal.evidence));
    const stored = await readBlock(evidence, root, evidenceSchema, 'the evidence');
    expect(stored.secrets).to.deep.equal(second.evidence.secrets);
    expect(stored.inputs.map(({ message }) => message.member)).to.deep.equal([0, 1, 2, 4]);
    const published = [...(parts.ipfs as ScratchStore).blocks.keys()];
    expect(published).to.include(second.result.manifest.toString());
    for (const cid of evidence.blocks.keys()) expect(published).not.to.include(cid);
  });

  it('names a survivor whose seed is not the one that it published', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    const shares = state.shares.map((envelope) =>
      envelope.message.member === 2
        ? { ...envelope, message: { ...envelope.message, seedDigest: digestOfText('lie') } }
        : envelope,
    );
    const event = await aggregator(parts)({ ...state, shares });
    if (event.type !== 'fault-proven') throw new Error(event.type);
    expect(event.reason).to.match(/^member 2 lied/);
    expect(event.fault).to.deep.include({ kind: 'seed', enrolment: state.enrolments[2], shares: shares[2] });
    const { opened } = event.fault;
    expect(opened.map(({ holder }) => holder)).to.deep.equal([0, 1, 2, 3]);
    const revealed = opened.map(({ holder }) => revealedOf(first.members, holder, 2));
    expect(opened.map(({ y, other, path }) => ({ y, other, path }))).to.deep.equal(
      revealed.map(({ y, other, path }) => ({ y, other, path })),
    );
  });

  it('names a dropout whose mask secret is not that of its roster key', async () => {
    const { parts, state } = await prepared(second, [0, 1, 2, 4]);
    const enrolments = state.enrolments.map((envelope) =>
      envelope.message.seat === 3
        ? { ...envelope, message: { ...envelope.message, maskKey: digestOfText('lie') } }
        : envelope,
    );
    const event = await aggregator(parts)({ ...state, enrolments });
    if (event.type !== 'fault-proven') throw new Error(event.type);
    expect(event.reason).to.match(/^member 3 lied/);
    expect(event.fault.kind).to.equal('mask');
    expect(event.fault.opened.map(({ holder }) => holder)).to.deep.equal([0, 1, 2, 4]);
  });

  it('fails without a proof where what members opened was taken in before it was kept', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    const shares = state.shares.map((envelope) => ({
      ...envelope,
      message: { ...envelope.message, seedDigest: digestOfText('lie') },
    }));
    const records = { ...parts.records, openings: async () => [] };
    expect((await aggregator({ ...parts, records })({ ...state, shares })).type).to.equal('failed');
  });

  it('fails the round where the sum is none of honest inputs', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    const { members } = first;
    const w = wordBits(members.parameters.bits, 5);
    const words = unpack(members.vectors.get(1)!, members.parameters.dimension, w).map(
      (word) => (word + 2 ** (w - 1)) % 2 ** w,
    );
    const packed = pack(words, w);
    const root = toHex(inputRoot(packed, members.parameters, w)) as Bytes32;
    const inputs = state.inputs.map((envelope) =>
      envelope.message.member === 1
        ? { ...envelope, message: { ...envelope.message, inputRoot: root } }
        : envelope,
    );
    await parts.vectors.receive(
      members.id,
      { member: 1, inputRoot: root },
      members.parameters,
      w,
      (async function* () {
        yield packed;
      })(),
    );
    const event = await aggregator(parts)({ ...state, inputs });
    expect(event.type === 'failed' && event.reason).to.contain('5 inputs');
  });

  it('is the same from inputs that an earlier process took in: their roots are checked again', async () => {
    const { parts, state } = await prepared(second, [0, 1, 2, 4]);
    const restarted = { ...parts, vectors: openVectors(attemptsIn(folder, disk)) };
    expect(await aggregator(restarted)(state)).to.deep.equal(resultOf(second));
    const { path } = parts.vectors.sealed(second.members.id, state.inputs[1]!.message)!;
    const kept = await readFile(path);
    await writeFile(
      path,
      kept.map((byte) => byte ^ 1),
    );
    expect(await codeOf(aggregator(restarted)(state))).to.equal('evidence/other-input');
    await writeFile(path, kept);
    expect(await aggregator(restarted)(state)).to.deep.equal(resultOf(second));
  });

  it('is refused where an input was damaged on disk, before its evidence is stored or after', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    const { path } = parts.vectors.sealed(first.members.id, state.inputs[3]!.message)!;
    const kept = await readFile(path);
    const damage = () =>
      writeFile(
        path,
        kept.map((byte, i) => (i === 20 ? byte ^ 0x10 : byte)),
      );
    const damagedAfter: AggregationParts = {
      ...parts,
      vectors: {
        ...parts.vectors,
        async read(id, name) {
          const bytes = await parts.vectors.read(id, name);
          if (name.member === 3) await damage();
          return bytes;
        },
      },
    };
    expect(await codeOf(aggregator(damagedAfter)(state))).to.equal('storage/vector-damaged');
    expect(await codeOf(aggregator(parts)(state))).to.equal('storage/vector-damaged');
    await writeFile(path, kept);
    expect(await aggregator(parts)(state)).to.deep.equal(resultOf(first));
  });

  it('is to be tried again where the chain is away or an input is gone', async () => {
    const { parts, state } = await prepared(first, [0, 1, 2, 3, 4]);
    const away = () => Promise.reject(new TributaryError('chain/unreachable', 'no chain'));
    expect(await codeOf(aggregator({ ...parts, loadLineage: away })(state))).to.equal('chain/unreachable');
    await parts.vectors.keepOnly(first.members.id, []);
    expect(await codeOf(aggregator(parts)(state))).to.equal('storage/vector-missing');
  });
});
