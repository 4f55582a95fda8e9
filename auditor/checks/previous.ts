/** Level 1: a manifest links the one settled before it and the transaction that settled it. protocol.md §6.2 */
import type { RoundCheck } from '../check.ts';
import { fails, holds } from '../verdict.ts';

export const previous: RoundCheck = {
  id: 'lineage.previous',
  level: 1,
  scope: 'round',
  needs: ['lineage.manifest'],
  async run({ place, before, manifest }) {
    const found = await manifest();
    const link = found.previous?.toString() ?? 'none';
    const due = before?.cid.toString() ?? 'none';
    if (link !== due) {
      return fails(`${place} → previous`, 'lineage/previous', `it links ${link}, the round before is ${due}`);
    }
    const transaction = found.previousTransaction ?? 'none';
    // A round that was voided and posted again has the manifest that it had: the next one may name either posting.
    const reposted = before?.settlement.voidTransactions?.find((made) => made === transaction);
    const settling = reposted ?? before?.settlement.transaction ?? 'none';
    if (transaction !== settling) {
      return fails(
        `${place} → previousTransaction`,
        'lineage/previous-transaction',
        `it names transaction ${transaction}, the round before was settled by ${settling}`,
      );
    }
    return holds(before ? `${before.place}, settled by ${settling}` : 'the first round');
  },
};
