/** `tributary chain deploy | fund`: contracts on a chain, and money on the local one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import { deploy } from '#contracts/deploy.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import { createTransactor, type Transactor } from '#contracts/transact.ts';
import { toAddress } from '#protocol/units.ts';
import { readDeployment } from '../chain.ts';
import { faucetWallet, fundAccounts } from '../faucet.ts';
import { openKeystore } from '../keystore.ts';
import { result } from '../output.ts';
import { readPassword } from '../password.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

type DeployOptions = CommonOptions &
  Readonly<{ paymentToken?: string; minRoundTimeout: number; minShortWindow: number; minLongWindow: number }>;

export async function deployContracts(options: DeployOptions): Promise<void> {
  const settings = readSettings(options);
  const transactor = await deployer(settings);
  if (transactor.chainId !== LOCAL_CHAIN && options.paymentToken === undefined) {
    throw new TributaryError(
      'settings/no-payment-token',
      'off the local chain, say which ERC-20 pays: --payment-token',
    );
  }
  const { minRoundTimeout, minShortWindow, minLongWindow } = options;
  const floors = { minRoundTimeout, minShortWindow, minLongWindow };
  const deployment = await deploy(
    transactor,
    floors,
    options.paymentToken === undefined ? {} : { paymentToken: toAddress(options.paymentToken) },
  );
  mkdirSync(dirname(settings.deployment), { recursive: true });
  writeFileSync(settings.deployment, `${JSON.stringify(deployment, null, 2)}\n`);
  result(
    settings.json,
    { event: 'deployed', ...deployment },
    `deployed; the record is ${settings.deployment}`,
  );
}

export async function fund(
  options: CommonOptions & Readonly<{ coins: string }>,
  ...addresses: string[]
): Promise<void> {
  const settings = readSettings(options);
  const deployment = readDeployment(settings.deployment);
  await fundAccounts(settings.rpc, deployment, addresses.map(toAddress), BigInt(options.coins));
  result(
    settings.json,
    { event: 'funded', addresses },
    `funded ${addresses.length} ${addresses.length === 1 ? 'account' : 'accounts'}`,
  );
}

async function deployer(settings: Settings): Promise<Transactor> {
  const provider = await openChain(settings.rpc);
  const { chainId } = await provider.getNetwork();
  const wallet =
    chainId === BigInt(LOCAL_CHAIN)
      ? faucetWallet()
      : await openKeystore(join(settings.home, 'deployer.json'), await readPassword(settings.passwordFile));
  return createTransactor(wallet.connect(provider));
}
