/** What is left to do in a dispute that this account opened: conclude it when nobody can answer any more, take the bond home. protocol.md §5.6 */
import { TributaryError } from '#crypto/error.ts';
import type { SendingContracts } from '../connect.ts';
import { isDecided, readDispute } from '../dispute-list.ts';
import type { PostingEvent } from './events.ts';
import type { PostingRecord } from './record.ts';

const outcomes = { open: null, defended: null, stood: 'stood', voided: 'void', moot: 'moot' } as const;

/** Someone else did it, or the chain's clock is not there yet: to be looked at again. */
const passing = new Set([
  'escrow/wrong-status',
  'escrow/not-concludable-before',
  'escrow/no-bond-to-withdraw',
]);

/**
 * @param now the latest block's time
 * @returns what became of it, the bond that came back first; nothing as long as it goes on
 * @throws TributaryError `chain/…`
 */
export async function concludeOwn(
  contracts: SendingContracts,
  record: PostingRecord,
  now: number,
): Promise<PostingEvent[]> {
  const { disputes, account } = contracts;
  const { head, round } = record;
  const dispute = await readDispute(contracts, head);
  if (dispute && isDecided(dispute, now)) await sendOrSkip(() => disputes.send.conclude(head));
  const after = await readDispute(contracts, head);
  const outcome = after && outcomes[after.status];
  if (!outcome) return [];
  const amount = await disputes.read.credits(account);
  if (amount > 0n) await sendOrSkip(() => disputes.send.withdraw());
  const concluded = { kind: 'concluded', round, head, outcome } as const;
  return amount > 0n ? [{ kind: 'bond-returned', amount }, concluded] : [concluded];
}

async function sendOrSkip(send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof TributaryError) || !passing.has(error.code)) throw error;
  }
}
