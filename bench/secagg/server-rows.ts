/** What the server's processors do when a round is unmasked: recover secrets, read inputs, remove masks. protocol.md §4.6 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedDigest } from '#crypto/commitments.ts';
import { holdersOf } from '#crypto/graph.ts';
import { maskInput, masksIn, masksLeftIn } from '#crypto/masking.ts';
import { everyMember, memberSet, type MemberSet } from '#crypto/members.ts';
import { pack } from '#crypto/packing.ts';
import { quantise } from '#crypto/quantise.ts';
import { systemRng } from '#crypto/random.ts';
import { SecretRecovery } from '#crypto/recovery.ts';
import { type Share, splitAmong } from '#crypto/shamir.ts';
import { type KeptThreads, keptThreads } from '#model/unmasking/kept-threads.ts';
import { Sealer } from '#model/unmasking/seal.ts';
import type { SealedInput } from '#model/unmasking/sealed-inputs.ts';
import { unmaskedSum } from '#model/unmasking/unmask.ts';
import type { Row } from '../row.ts';
import { agreements, keystream } from '../secagg-limit.ts';
import { type Cohort, cohort, type Shape } from './cohort.ts';
import { compare } from './compare.ts';

export type ServerRow = Readonly<{
  row: string;
  clients: number;
  weights: number;
  shape: Shape;
  /** Lost at upload: they shared, but sent no input. */
  lost: number;
  /** Whether the limit counts an X25519 for each recovered pair. */
  countPairs: boolean;
  times: number;
  bar: number;
}>;

/** The shares that the server holds: of a survivor's seed, or of a lost member's mask secret, t each. */
type Revealed = Readonly<{ member: number; shares: readonly Share[]; digest: Uint8Array }>;

export async function serverUnmask(of: ServerRow): Promise<Row> {
  const { row, clients, weights, shape, lost, times, bar } = of;
  const group = cohort(clients, weights, shape);
  const sharers = everyMember(clients);
  // Every so manieth: neighbours are drawn, so any choice is as good.
  const dropouts = memberSet(Array.from({ length: lost }, (_, i) => Math.floor((i * clients) / lost)));
  const survivors = sharers.without(dropouts);
  const folder = await mkdtemp(join(tmpdir(), 'secagg-'));
  try {
    const { files, expected } = await uploads(group, survivors, dropouts, folder);
    const revealed = sharers.indices.map((member) => reveal(group, member, survivors));
    const { graph } = group;
    const masks = masksLeftIn({ survivors, sharers, graph });
    console.error(`${row}: degree ${graph.degree}, threshold ${graph.threshold}, ${masks} masks to remove`);
    // As a coordinator keeps them from one round to the next.
    const threads = await compiledThreads();
    const ours = async (): Promise<void> => {
      const recovered = recover(group, survivors, revealed);
      const { binding, members, parameters, w } = group;
      const masked = { binding, survivors, sharers, roster: members, graph, recovered };
      const shape = { parameters, w };
      const all = { shape, inputs: [], files, masks: masksIn(masked), maskCount: masks };
      const sum = await unmaskedSum(all, threads.open);
      if (!sum.every((word, c) => word === expected[c])) throw new Error(`${row}: the sum is wrong`);
    };
    const limit = (): void => {
      keystream(weights, masks);
      if (of.countPairs) agreements(masks - survivors.size);
    };
    try {
      return await compare({ row, ours, limit, times, warmUp: 1, bar });
    } finally {
      await threads.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** As the command runs it; where it can't be compiled, the source. */
async function compiledThreads(): Promise<KeptThreads> {
  const module: unknown = await import(new URL('../../cli/compiled.mjs', import.meta.url).href);
  const { compiledEntry } = module as { compiledEntry: () => Promise<string | null> };
  const entry = await compiledEntry();
  return keptThreads(entry === null ? undefined : new URL('./unmasking-worker.mjs', entry));
}

/**
 * Masks every survivor's input and writes it to a file, sealed as the coordinator seals what it takes in. Pair masks among survivors are left out, for they cancel:
 * with them the preparation of 1,000 inputs would take longer than all that is measured.
 */
async function uploads(group: Cohort, survivors: MemberSet, dropouts: MemberSet, folder: string) {
  const { binding, graph, members, parameters, w } = group;
  const expected = new Uint32Array(parameters.dimension);
  const files: SealedInput[] = [];
  for (const member of survivors) {
    const own = members[member];
    if (own === undefined) throw new Error('a survivor is a member');
    const quantised = quantise(group.updateOf(member), 1, parameters);
    for (let c = 0; c < expected.length; c++) expected[c] = (expected[c] ?? 0) + (quantised[c] ?? 0);
    const lostNear = graph.neighboursOf(member).indices.filter((index) => dropouts.has(index));
    const masked = maskInput({
      ...{ binding, quantised, wordBits: w, member, seed: own.seed, maskSecret: own.keys.mask.secret },
      ...{ sharers: memberSet([member, ...lostNear]), roster: members },
    });
    const packed = pack(masked, w);
    const path = join(folder, `${member}.input`);
    await writeFile(path, packed);
    const sealer = new Sealer();
    sealer.push(packed);
    files.push({ member, path, seal: sealer.seal() });
  }
  return { files, expected };
}

function reveal({ binding, graph, members }: Cohort, member: number, survivors: MemberSet): Revealed {
  const own = members[member];
  if (own === undefined) throw new Error('a sharer is a member');
  const survived = survivors.has(member);
  const secret = (survived ? own.seed : own.keys.mask.secret).reveal();
  // Shares that nobody reveals need not be made.
  const revealing = holdersOf(graph, member).indices.filter((holder) => survivors.has(holder));
  const xs = revealing.slice(0, graph.threshold).map((holder) => holder + 1);
  const shares = splitAmong(secret, xs, graph.threshold, systemRng());
  const digest = survived ? seedDigest(binding.context, member, secret) : own.maskKey;
  return { member, shares, digest };
}

/** Each secret held against what its owner published, as the coordinator does. */
function recover({ binding, graph }: Cohort, survivors: MemberSet, revealed: readonly Revealed[]) {
  const inTurn = revealed.map(({ shares }) => shares);
  const recovery = new SecretRecovery(binding.context, graph.threshold, inTurn);
  const seeds = new Map<number, Uint8Array>();
  const maskSecrets = new Map<number, Uint8Array>();
  for (const { member, shares, digest } of revealed) {
    if (survivors.has(member)) seeds.set(member, recovery.seed(member, shares, digest));
    else maskSecrets.set(member, recovery.maskSecret(member, shares, digest));
  }
  return { seeds, maskSecrets };
}
