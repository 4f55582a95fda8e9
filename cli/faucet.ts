/** Money on the local chain, for whoever asks. */
import { HDNodeWallet, Wallet, parseEther } from 'ethers';
import { localMnemonic } from '#contracts/anvil.ts';
import { connectAs } from '#contracts/connect.ts';
import type { Deployment } from '#contracts/deployment.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import { createTransactor } from '#contracts/transact.ts';
import type { Address } from '#protocol/units.ts';

const GAS_MONEY = parseEther('10');

/** The local chain's first account: whoever can reach that chain knows its key, so it is used nowhere else. */
export const faucetWallet = (): Wallet => new Wallet(HDNodeWallet.fromPhrase(localMnemonic).privateKey);

/**
 * Gives each account ten of the chain's coins for gas, and test coins.
 *
 * @param coins test coins in base units; 0 gives none
 * @throws TributaryError `chain/other-chain` off the local chain, `chain/unreachable`
 */
export async function fundAccounts(
  rpc: string,
  deployment: Deployment,
  addresses: readonly Address[],
  coins: bigint,
): Promise<void> {
  const provider = await openChain(rpc, { chainId: LOCAL_CHAIN });
  try {
    const transactor = await createTransactor(faucetWallet().connect(provider));
    const { paymentToken } = connectAs(deployment, transactor);
    // Sent one after another, waited for together: a block takes as many as come.
    await Promise.all(
      addresses.flatMap((to) => [
        transactor.send({ to, data: '0x', value: GAS_MONEY }),
        ...(coins > 0n ? [paymentToken.send.mint(to, coins)] : []),
      ]),
    );
  } finally {
    provider.destroy();
  }
}
