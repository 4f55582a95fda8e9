/** The message that attesters and the buyer sign of a proposal. protocol.md §5.3 */
import type { Proposal } from '../attempt-view.ts';
import type { AttemptId } from '../job-id.ts';
import type { SettlementTerms } from '../messages.ts';
import { bitmapDigest } from './bitmap.ts';

export const settlementTermsOf = (id: AttemptId, proposal: Proposal): SettlementTerms => ({
  ...id,
  manifest: proposal.manifest,
  payoutRoot: proposal.payoutRoot,
  total: proposal.total,
  participants: bitmapDigest(proposal.participants),
  deadline: proposal.deadline,
});
