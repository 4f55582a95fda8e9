/** What a dilated filter is: a larger one with zeros between its taps. The reference, in plain loops. */
import type { Values } from './backends.ts';

/** How far so many taps reach. */
export const extent = (size: number, rate: number): number => (size - 1) * rate + 1;

/** The filter as it acts: zeros between its taps. */
export function inflated(
  { shape, data }: Values,
  [rateHeight, rateWidth]: readonly [number, number],
): Values {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const wide = extent(width, rateWidth);
  const depth = inputs * outputs;
  const spread = new Float32Array(extent(height, rateHeight) * wide * depth);
  places(shape, [rateHeight, rateWidth]).forEach((place, i) => (spread[place] = data[i]!));
  return { shape: [extent(height, rateHeight), wide, inputs, outputs], data: spread };
}

/** Where each weight stands in the inflated filter. */
export function places(
  shape: readonly number[],
  [rateHeight, rateWidth]: readonly [number, number],
): number[] {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const depth = inputs * outputs;
  return Array.from({ length: height * width * depth }, (_, i) => {
    const tap = Math.floor(i / depth);
    const row = Math.floor(tap / width) * rateHeight;
    return (row * extent(width, rateWidth) + (tap % width) * rateWidth) * depth + (i % depth);
  });
}
