/** What a client's processor does in a round: masking, and dealing shares. protocol.md §2.2, §3.5, §3.6 */
import { maskInput, removeMasks } from '#crypto/masking.ts';
import { memberSet } from '#crypto/members.ts';
import { pack } from '#crypto/packing.ts';
import { quantise } from '#crypto/quantise.ts';
import { systemRng } from '#crypto/random.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { openShare, shareSecrets } from '#crypto/sharing.ts';
import { plainMemory } from '#crypto/wasm/sum-memory.ts';
import type { Row } from '../row.ts';
import { agreements, channels, keystream } from '../secagg-limit.ts';
import { type Cohort, cohort, type Shape } from './cohort.ts';
import { compare } from './compare.ts';

const weights = 1_000_000;
const clients = 100;

/** Quantise, agree keys with all neighbours, mask, pack. */
export async function clientMask(row: string, shape: Shape): Promise<Row> {
  const of = cohort(clients, weights, shape);
  const update = of.updateOf(0);
  const input = (): Uint8Array => {
    const quantised = quantise(update, 1, of.parameters);
    return pack(maskedBy0(of, quantised), of.w);
  };
  checkMasked(of, input(), quantise(update, 1, of.parameters));
  return compare({
    row,
    ours: () => {
      input();
    },
    limit: () => keystream(weights, shape.degree + 1),
    times: 15,
    warmUp: 3,
    bar: 2,
  });
}

function maskedBy0(of: Cohort, quantised: Uint32Array): Uint32Array {
  const { binding, graph, members, w } = of;
  const [own] = members;
  if (own === undefined) throw new Error('a cohort has members');
  return maskInput({
    binding,
    quantised,
    wordBits: w,
    member: 0,
    seed: own.seed,
    maskSecret: own.keys.mask.secret,
    sharers: memberSet([0, ...graph.neighboursOf(0)]),
    roster: members,
  });
}

/** All neighbours lost: what removes their masks and the member's own leaves its words. By plain loops, not WebAssembly. */
function checkMasked(of: Cohort, packed: Uint8Array, quantised: Uint32Array): void {
  const { binding, graph, members, w } = of;
  const neighbours = graph.neighboursOf(0);
  const sum = new RingAccumulator(weights, w, plainMemory(weights));
  sum.addPacked(packed);
  const recovered = {
    seeds: new Map([[0, members[0]?.seed.reveal() ?? new Uint8Array(0)]]),
    maskSecrets: new Map(
      neighbours.indices.map((i) => [i, members[i]?.keys.mask.secret.reveal() ?? new Uint8Array(0)]),
    ),
  };
  const survivors = memberSet([0]);
  const sharers = memberSet([0, ...neighbours]);
  removeMasks(sum, { binding, survivors, sharers, roster: members, graph, recovered });
  if (!sum.words().every((word, c) => word === quantised[c])) throw new Error('the masked input is wrong');
}

/** Split both secrets, commit to the shares, encrypt to all neighbours. */
export async function clientShare(row: string, shape: Shape): Promise<Row> {
  const { binding, graph, members } = cohort(clients, 8, shape);
  const [own] = members;
  if (own === undefined) throw new Error('a cohort has members');
  const deal = () =>
    shareSecrets({
      binding,
      member: 0,
      seed: own.seed,
      maskSecret: own.keys.mask.secret,
      channelSecret: own.keys.channel.secret,
      roster: members,
      graph,
      rng: systemRng(),
    });
  const { ciphertexts, shareRoot } = deal();
  const holders = memberSet([0, ...graph.neighboursOf(0)]);
  for (const [rank, holder] of holders.indices.entries()) {
    const channelSecret = members[holder]?.keys.channel.secret;
    const ciphertext = ciphertexts[rank];
    if (holder === 0 || channelSecret === undefined || ciphertext === undefined) continue;
    const opened = openShare({
      ...{ binding, dealer: 0, holder, channelSecret, roster: members, holders },
      ...{ ciphertext, shareRoot },
    });
    if (typeof opened === 'string') throw new Error(`the share of ${holder} does not open: ${opened}`);
  }
  return compare({
    row,
    ours: () => {
      deal();
    },
    limit: () => {
      agreements(shape.degree);
      channels(shape.degree);
    },
    times: 51,
    warmUp: 20,
    bar: 3,
  });
}
