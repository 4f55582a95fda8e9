/** What a settled round's evidence tells of each member: its packed input, and its input under half of its masks. protocol.md §3.5, §6.4 */
import { selfMaskKey, type Binding } from '#crypto/agreement.ts';
import { fromHex } from '#crypto/bytes.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { quantise } from '#crypto/quantise.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { getBlob } from '#datasets/blob.ts';
import { carBlockStore } from '#datasets/car.ts';
import { readBlock } from '#datasets/read-block.ts';
import { contextOf } from '#protocol/job-id.ts';
import { evidenceSchema, type Evidence } from '#protocol/manifests.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import type { Address } from '#protocol/units.ts';
import type { HalfMasked, TrainedUpdate } from './forms.ts';

export type MemberInput = HalfMasked &
  Readonly<{ operator: Address; update: TrainedUpdate; quantised: Uint32Array; packed: Uint8Array }>;

export type RoundInputs = Readonly<{
  members: readonly MemberInput[];
  /** The word size of the round. */
  w: number;
}>;

/**
 * @param file the CAR that the buyer keeps
 * @param updates what each operator's client trained
 */
export async function readInputs(
  file: string,
  updates: ReadonlyMap<Address, TrainedUpdate>,
): Promise<RoundInputs> {
  const car = await carBlockStore(file);
  try {
    const evidence = await readBlock(car, car.root, evidenceSchema, 'the evidence');
    const { members: roster } = buildRoster(evidence, evidence.roster);
    const binding = bindingOf(evidence);
    const w = wordBits([...updates.values()][0]!.parameters.bits, roster.length);
    const members: MemberInput[] = [];
    for (const { message, vector } of evidence.inputs) {
      const { operator, index, maskKey } = roster[message.member]!;
      const update = updates.get(operator)!;
      const { parameters, weight } = update;
      const packed = await getBlob(car, vector, { limit: packedBytes(parameters, w) });
      const seed = evidence.secrets.find(({ member, kind }) => member === index && kind === 'seed')!;
      const key = selfMaskKey(binding, { index, publicKey: maskKey }, fromHex(seed.value));

      const quantised = quantise(update.update, weight, parameters);
      const selfMasked = new RingAccumulator(parameters.dimension, w);
      selfMasked.addWords(quantised);
      selfMasked.applyMasks([{ key, subtract: false }]);
      const pairMasked = new RingAccumulator(parameters.dimension, w);
      pairMasked.addPacked(packed);
      pairMasked.applyMasks([{ key, subtract: true }]);
      members.push({
        ...{ operator, update, quantised, packed },
        ...{ selfMasked: selfMasked.words(), pairMasked: pairMasked.words() },
      });
    }
    return { members, w };
  } finally {
    await car.close();
  }
}

function bindingOf(evidence: Evidence): Binding {
  const { model, parameters } = evidence.roster[0]!.message;
  return {
    context: contextOf(evidence, evidence),
    roster: fromHex(buildRoster(evidence, evidence.roster).root),
    parameters: fromHex(parameters),
    model: fromHex(model),
  };
}
