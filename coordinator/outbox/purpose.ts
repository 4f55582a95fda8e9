/**
 * What a transaction is for. While one is under way, whoever asks for the same gets that one: after a crash, or in another
 * coordinator of the same account. protocol.md §5.3
 */
import { Interface, keccak256, type Result, type TransactionDescription } from 'ethers';
import { disputes } from '#contracts/bindings/disputes.ts';
import { trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { Call } from '#contracts/receipts.ts';

const escrowCalls = new Interface(trainingEscrow.abi);
const disputeCalls = new Interface(disputes.abi);

/** Arguments that make a call what it is. A settlement with a quorum and one without are the same settlement. */
const meaning: Readonly<Record<string, readonly string[]>> = {
  settle: ['job', 'settlement.round', 'settlement.attempt', 'settlement.payoutRoot'],
  commitRoster: ['job', 'round', 'attempt', 'roster'],
  fixSurvivors: ['job', 'round', 'attempt', 'survivors'],
  abortAttempt: ['job', 'round', 'attempt'],
  defend: ['head'],
  conclude: ['head'],
};

/** As `settle:7:2:1:0x…` (job, round, attempt, payout root); a call without such a name is told by its bytes. */
export function purposeOf({ escrow, disputes: court }: Deployment, call: Call): string {
  const parsed = parse({ [escrow]: escrowCalls, [court]: disputeCalls }, call);
  const told = parsed && meaning[parsed.name];
  if (parsed && told) return [parsed.name, ...told.map((path) => argument(parsed, path))].join(':');
  return ['call', call.to ?? 'new', call.value ?? 0n, keccak256(call.data)].join(':');
}

const argument = ({ args }: TransactionDescription, path: string): string =>
  String(path.split('.').reduce((value: unknown, name) => (value as Result).getValue(name) as unknown, args));

/** The round that a transaction settles; null for all others. */
export function settledRound(purpose: string): number | null {
  const [name, , round] = purpose.split(':');
  return name === 'settle' ? Number(round) : null;
}

function parse(
  contracts: Readonly<Record<string, Interface>>,
  { to, data }: Call,
): TransactionDescription | null {
  const contract = to === undefined ? undefined : contracts[to];
  try {
    return contract?.parseTransaction({ data }) ?? null;
  } catch {
    return null; // a known selector with arguments that don't decode
  }
}
