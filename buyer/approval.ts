/** The buyer's decision on a proposed round: an approval, kept before it is sent. protocol.md §4.7, §5.3 */
import { join } from 'node:path';
import type { SigningKey } from 'ethers';
import type { Proposal } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { ApprovalUpload, SettlementTerms } from '#protocol/messages.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { signTyped } from '#protocol/signature.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

const fileOf = (home: string, { chainId, escrow }: Domain, { job, round, attempt }: AttemptId): string =>
  join(home, 'approvals', `${chainId}-${escrow}-${job}`, `round-${round}.attempt-${attempt}`);

/** The same settlement, whatever the signature's deadline. */
const fingerprint = ({
  manifest,
  payoutRoot,
  total,
  participants,
}: Omit<SettlementTerms, keyof AttemptId | 'deadline'>): string =>
  [manifest, payoutRoot, total, participants].join('\n');

/** Whether this home approved exactly this settlement of the attempt. */
export async function hasApproved(
  home: string,
  domain: Domain,
  id: AttemptId,
  settled: Omit<SettlementTerms, keyof AttemptId | 'deadline'>,
): Promise<boolean> {
  return (await readIfThere(fileOf(home, domain, id))) === fingerprint(settled);
}

/**
 * Signs a proposal that was found right. One attempt is approved with one content for ever.
 *
 * @returns a flaw where this home approved another content of the same attempt
 */
export async function signApproval(
  home: string,
  domain: Domain,
  key: SigningKey,
  id: AttemptId,
  proposal: Proposal,
): Promise<ApprovalUpload | Flaw> {
  const message = settlementTermsOf(id, proposal);
  const file = fileOf(home, domain, id);
  const approved = await readIfThere(file);
  if (approved !== null && approved !== fingerprint(message)) {
    return flaw('approval/conflict', 'this buyer approved another result of the same attempt');
  }
  if (approved === null) await writeDurably(file, fingerprint(message));
  return { message, signature: signTyped(key, domain, 'Approval', message) };
}
