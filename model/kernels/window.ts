/** Where a filter or a pool's window meets the pixels of a padded image. Channels last, not dilated. */
import type * as tfjs from '@tensorflow/tfjs-core';

/** The sizes of a convolution or pool, as `computeConv2DInfo` and `computePool2DInfo` give them. */
export type Geometry = Pick<
  tfjs.backend_util.Conv2DInfo,
  | 'batchSize'
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'outChannels'
  | 'strideHeight'
  | 'strideWidth'
  | 'filterHeight'
  | 'filterWidth'
  | 'padInfo'
>;

/** Output rows of the whole batch: image n's row i is n · outHeight + i. */
export type RowRange = Readonly<{ from: number; to: number }>;

export const allRows = ({ batchSize, outHeight }: Geometry): RowRange => ({
  from: 0,
  to: batchSize * outHeight,
});

/**
 * Visits, for each output position of these rows, each row of the window as one span: `taps` neighbours of
 * the window, from `tap` on, that lie over as many neighbouring pixels, from `pixel` on. What lies in the
 * padding is left out. Positions, pixels and taps are counted row by row; positions and pixels over the batch.
 */
export function eachSpan(
  geometry: Geometry,
  rows: RowRange,
  visit: (position: number, tap: number, pixel: number, taps: number) => void,
): void {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth } = geometry;
  const { filterHeight, filterWidth, padInfo } = geometry;
  for (let row = rows.from; row < rows.to; row += 1) {
    const image = Math.floor(row / outHeight);
    const top = (row % outHeight) * strideHeight - padInfo.top;
    const firstRow = Math.max(0, -top);
    const endRow = Math.min(filterHeight, inHeight - top);
    for (let column = 0; column < outWidth; column += 1) {
      const left = column * strideWidth - padInfo.left;
      const first = Math.max(0, -left);
      const taps = Math.min(filterWidth, inWidth - left) - first;
      if (taps <= 0) continue;
      const position = row * outWidth + column;
      for (let tapRow = firstRow; tapRow < endRow; tapRow += 1) {
        const pixel = (image * inHeight + top + tapRow) * inWidth + left + first;
        visit(position, tapRow * filterWidth + first, pixel, taps);
      }
    }
  }
}
