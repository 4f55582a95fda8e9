/** The chain's own clock, which decides what is too late. */
import type { Contracts } from './connect.ts';
import { chainError } from './decode-error.ts';

/** The latest block's time, in seconds since the epoch. @throws TributaryError `chain/unreachable` */
export async function latestTime({ provider }: Pick<Contracts, 'provider'>): Promise<number> {
  try {
    return (await provider.getBlock('latest'))?.timestamp ?? 0;
  } catch (error) {
    throw chainError(error, 'the latest block');
  }
}
