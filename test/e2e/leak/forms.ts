/** Everything that must not leave an owner's client, in the forms that it could leave in. protocol.md §2, §3.5 */
import { utf8 } from '#crypto/bytes.ts';
import { pack } from '#crypto/packing.ts';
import { halfRange, type AggregationParameters } from '#crypto/parameters.ts';
import { clipToNorm, quantise } from '#crypto/quantise.ts';
import { platform } from '#platform';
import { standardised } from '#datasets/samples/standardisation.ts';
import type { SampleRow } from '#datasets/samples/wdbc.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Secret } from './detector.ts';
import { layBinaryFloats, layFloats, laySigned, layWords, type Laid } from './layouts.ts';

/** What an owner's client trained, as it was before it was quantised. */
export type TrainedUpdate = Readonly<{
  update: Float64Array;
  weight: number;
  parameters: AggregationParameters;
}>;

/** An input under one kind of mask only: `dimension` words. */
export type HalfMasked = Readonly<{ selfMasked: Uint32Array; pairMasked: Uint32Array }>;

const secretsOf = (owner: string, form: string, laid: readonly Laid[]): Secret[] =>
  laid.map(({ layout, bytes }) => ({ owner, form: `${form}, ${layout}`, bytes }));

/** Rows as they are in the owner's file, and as the recipe standardises them. */
export function rowSecrets(owner: string, csv: string, recipe: Recipe): Secret[] {
  const [, ...lines] = csv.trimEnd().split('\n');
  const rows = lines.map((line): SampleRow => {
    const numbers = line.split(',').map(Number);
    return { features: numbers.slice(0, -1), label: numbers.at(-1) === 1 ? 1 : 0 };
  });
  return [
    // The sample's numbers are written as JSON would write them.
    ...lines.map((line) => ({ owner, form: 'row, CSV', bytes: utf8(line) })),
    ...rows.flatMap(({ features }) => secretsOf(owner, 'row', layBinaryFloats(features))),
    ...rows.flatMap((row) =>
      secretsOf(owner, 'standardised row', layFloats(standardised([row], recipe.features).features)),
    ),
    // Rows can be guessed and held against a hash that has no salt.
    { owner, form: 'file, SHA-256', bytes: platform.sha256(utf8(csv)) },
  ];
}

/** The model as it was trained, which gives the update away. @param before the round's model */
export const trainedSecrets = (owner: string, { update }: TrainedUpdate, before: Float32Array): Secret[] =>
  secretsOf(owner, 'trained weights', layFloats(before.map((from, at) => from + (update[at] ?? NaN))));

/** The update on its way from training to the ring. @param w the word size */
export function updateSecrets(
  owner: string,
  { update, weight, parameters }: TrainedUpdate,
  w: number,
): Secret[] {
  const { bits, clip, maxWeight, range } = parameters;
  const clipped = clipToNorm(update, clip);
  const words = quantise(update, weight, parameters);
  const zero = halfRange(bits);
  const signed = Int32Array.from(words, (word) => word - zero);
  const forms: Record<string, Laid[]> = {
    update: layFloats(update),
    'clipped update': layFloats(clipped),
    'weighted update': layFloats(clipped.map((x) => (x * weight) / maxWeight)),
    'dequantised update': layFloats(Float64Array.from(signed, (q) => q * (range / zero))),
    'quantised update': [...layWords(words, bits), { layout: 'packed', bytes: pack(words, w) }],
    'signed quantised update': laySigned(signed, bits),
  };
  return Object.entries(forms).flatMap(([form, laid]) => secretsOf(owner, form, laid));
}

/** The input under its self mask alone (whoever learns the seed has it open), and under its pair masks alone. */
export function halfMaskedSecrets(
  owner: string,
  { selfMasked, pairMasked }: HalfMasked,
  w: number,
): Secret[] {
  const laid = (words: Uint32Array): Laid[] => [
    ...layWords(words, w),
    { layout: 'packed', bytes: pack(words, w) },
  ];
  return [
    ...secretsOf(owner, 'self-masked only', laid(selfMasked)),
    ...secretsOf(owner, 'pair-masked only', laid(pairMasked)),
  ];
}
