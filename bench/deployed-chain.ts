/** A local chain with our contracts on it, for what is measured beside it. */
import { deploy } from '#contracts/deploy.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { startTestChain, type Account, type TestChain } from '#test/support/chain.ts';

export type DeployedChain = Readonly<{ chain: TestChain; account: Account; deployment: Deployment }>;

/** With one account, who deployed. The caller stops the chain. */
export async function deployedChain(): Promise<DeployedChain> {
  const chain = await startTestChain({ accounts: 1 });
  try {
    const [account] = chain.accounts;
    if (account === undefined) throw new Error('the chain has no accounts');
    const floors = { minRoundTimeout: 30, minShortWindow: 60, minLongWindow: 600 };
    return { chain, account, deployment: await deploy(account.transactor, floors) };
  } catch (error) {
    await chain.stop();
    throw error;
  }
}
