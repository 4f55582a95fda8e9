/**
 * Defends a challenged posting, if it is what this coordinator's own evidence gave, and only then: the bond of a false one is
 * lost. protocol.md §5.6
 */
import { approveBond } from '#contracts/bond.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import type { DisputeFacts } from '#contracts/dispute-list.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt } from '../round/attempt.ts';
import { isPostingOf } from '../settlement/posting.ts';
import type { EvidenceBlocks } from '../store/evidence-blocks.ts';

export type DefendParts = Readonly<{
  contracts: SendingContracts;
  /** An attempt as it is on disk; null where the database does not know it. */
  attempt(id: AttemptId): Promise<Attempt | null>;
  evidence: EvidenceBlocks;
}>;

/** The posting that a dispute is about: its head. */
export type Disputed = Pick<DisputeFacts, 'head' | 'job' | 'round'>;

/**
 * Bonds for the posting. What was sent before a crash is found on chain and not sent again.
 *
 * @returns why there is no defence, or null
 * @throws TributaryError when it is to be tried again: `chain/…`, `escrow/…` where another was faster
 */
export async function defend(
  parts: DefendParts,
  { head, job, round, bond }: Disputed & Pick<DisputeFacts, 'bond'>,
): Promise<Flaw | null> {
  const proposal = await proposalOf(parts, { head, job, round });
  if ('code' in proposal) return proposal;
  const { contracts } = parts;
  const { paymentToken, disputes, account } = contracts;
  const balance = await paymentToken.read.balanceOf(account);
  if (balance < bond) {
    return flaw(
      'coordinator/no-bond',
      `round ${round} of job ${job} is challenged and can't be defended: ${account} has ${balance} base units of the payment token, the bond is ${bond}`,
    );
  }
  await approveBond(contracts, bond);
  // Whoever reads the dispute finds everything from the manifest: roster, commitments, the evidence's root.
  await disputes.send.defend(head, proposal.manifest);
  return null;
}

/** The proposal of the attempt that was posted, where the chain holds exactly that, and its evidence is still here. */
async function proposalOf(
  { contracts, attempt: read, evidence }: DefendParts,
  { head, job, round }: Disputed,
): Promise<Proposal | Flaw> {
  const found = (await readSettlements(contracts, job)).find((settlement) => settlement.head === head);
  const id = { job, round, attempt: found?.attempt ?? 0 };
  const state = await read(id);
  const proposal = state && 'proposal' in state ? state.proposal : null;
  if (!found || !proposal || !isPostingOf(proposal, id.attempt, found)) {
    return flaw(
      'coordinator/posting-differs',
      `round ${round} of job ${job} is challenged and not defended: what is posted is not what this coordinator's evidence gives`,
    );
  }
  try {
    await evidence(id).get(cidFromDigest('dag-cbor', fromHex(proposal.evidence)));
    return proposal;
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return flaw(
      'coordinator/evidence-gone',
      `round ${round} of job ${job} is challenged and not defended, for its evidence can't be shown: ${error.message}`,
    );
  }
}
