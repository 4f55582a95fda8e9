/** One secure average in one process: five owners train, one is lost, and only the sum is ever opened. */
import { generateKeys } from '#crypto/agreement.ts';
import { completeGraph } from '#crypto/graph.ts';
import { maskInput, removeMasks } from '#crypto/masking.ts';
import { everyMember, memberSet } from '#crypto/members.ts';
import { pack } from '#crypto/packing.ts';
import { wordBits } from '#crypto/parameters.ts';
import { average, dequantiseSum, quantise } from '#crypto/quantise.ts';
import { systemRng } from '#crypto/random.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { Secret } from '#crypto/secret.ts';
import { rowsInMemory } from '#datasets/row-source.ts';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { standardised } from '#datasets/samples/standardisation.ts';
import { samples } from '#examples/demo/samples.ts';
import { evaluate } from '#model/evaluate.ts';
import { initialWeights } from '#model/initial.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { parseTopology } from '#model/topology.ts';
import { train } from '#model/train.ts';
import { serverStep } from '#protocol/rules/server-step.ts';

const [sample, backend, rng] = [samples.wdbc, await loadBackend(), systemRng()];
const { training, heldOut } = splitHeldOut(sample.load(), 1, sample.heldOut);
const [recipe, topology] = [sample.recipe(heldOut), parseTopology(sample.topology)];
const encode = (rows: typeof heldOut) => rowsInMemory(topology.features, standardised(rows, recipe.features));
const weights = initialWeights(topology, rng.bytes(32));
const parameters = { ...sample.aggregation, dimension: topology.dimension, maxWeight: 1 };
const members = shards(training, 1, 5).map((rows) => {
  const { channel, mask } = generateKeys(rng);
  const keys = { channelKey: channel.publicKey, maskKey: mask.publicKey };
  return { rows: encode(rows), ...keys, mask, seed: rng.bytes(32) };
});
const context = { chainId: 31_337n, escrow: rng.bytes(20), job: 1n, round: 1, attempt: 1 };
const binding = { context, roster: rng.bytes(32), parameters: rng.bytes(32), model: rng.bytes(32) };
const [sharers, survivors, bits] = [everyMember(5), memberSet([0, 1, 3, 4]), wordBits(parameters.bits, 5)];
const [sum, seeds, maskSecrets] = [new RingAccumulator(topology.dimension, bits), new Map(), new Map()];
for (const [member, { rows, mask, seed }] of members.entries()) {
  // A real round restores both from shares: a survivor's seed, or a lost one's mask key; never both of one member.
  if (!survivors.has(member)) maskSecrets.set(member, mask.secret.reveal());
  if (!survivors.has(member)) continue;
  seeds.set(member, seed);
  const trained = await train(backend, { topology, weights, recipe, round: 1, seed: rng.bytes(32), rows });
  const update = Float64Array.from(trained.weights, (after, at) => after - (weights[at] ?? 0));
  const own = { quantised: quantise(update, 1, parameters), seed: new Secret(seed), maskSecret: mask.secret };
  sum.addPacked(pack(maskInput({ binding, wordBits: bits, member, sharers, roster: members, ...own }), bits));
}
const recovered = { seeds, maskSecrets };
removeMasks(sum, { binding, survivors, sharers, roster: members, graph: completeGraph(5), recovered });
const mean = average(dequantiseSum(sum.words(), 4, parameters), 4, parameters);
const after = serverStep(recipe.server, weights, mean, null).weights;
for (const [when, model] of Object.entries({ before: weights, after })) {
  const { metrics } = await evaluate(backend, { topology, weights: model, rows: encode(heldOut) }, recipe);
  console.log(JSON.stringify({ round: 1, when, survivors: [...survivors], ...metrics }));
}
