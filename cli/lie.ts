/** `--lie <part>@<round>`: what a demo or a test wants this coordinator to post falsely, once. */
import type { Lie } from '#coordinator/settlement/lie.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';

/** @throws TributaryError `lie/refused` off the local chain, or for a part or a round that does not exist */
export function readLie(chainId: number, text: string | undefined): Lie | null {
  if (text === undefined) return null;
  if (chainId !== LOCAL_CHAIN) {
    throw new TributaryError('lie/refused', `--lie is for tests on chain ${LOCAL_CHAIN}, this is ${chainId}`);
  }
  const [, round] = /^payout-root@([1-9]\d{0,4})$/.exec(text) ?? [];
  if (round === undefined)
    throw new TributaryError('lie/refused', `--lie "${text}": write payout-root@round`);
  return { part: 'payout-root', round: Number(round) };
}
