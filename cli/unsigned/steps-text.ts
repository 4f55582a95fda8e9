/** Transactions as a person reads them: what each does and what it costs at most. */
import { formatEther, formatUnits } from 'ethers';
import { costOf, type TransactionStep } from './transaction-file.ts';

export const stepText = (step: TransactionStep): string =>
  [
    step.description,
    `  to ${step.to}, nonce ${step.nonce}, gas ${step.gas} at ${formatUnits(step.maxFeePerGas, 'gwei')} gwei: ` +
      `at most ${formatEther(costOf(step))} of the chain's coin`,
  ].join('\n');

/** The same for machines; wei as decimal text. */
export const stepFacts = (step: TransactionStep) => ({
  description: step.description,
  to: step.to,
  nonce: step.nonce,
  gas: step.gas,
  costAtMost: costOf(step),
  signed: step.signed !== null,
  transaction: step.transaction,
});
