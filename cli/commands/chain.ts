/** `tributary chain deploy | fund`: contracts on a chain, and money on the local one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HDNodeWallet, Wallet, parseEther } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { localMnemonic } from '#contracts/anvil.ts';
import { connectAs } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import { createTransactor, type Transactor } from '#contracts/transact.ts';
import { toAddress } from '#protocol/units.ts';
import { readDeployment } from '../chain.ts';
import { openKeystore, readPassword } from '../keystore.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

type DeployOptions = CommonOptions &
  Readonly<{ paymentToken?: string; minRoundTimeout: number; minShortWindow: number; minLongWindow: number }>;

const GAS_MONEY = parseEther('10');

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
  const token = options.paymentToken === undefined ? undefined : toAddress(options.paymentToken);
  const deployment = await deploy(transactor, floors, token);
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
  const provider = await openChain(settings.rpc, { chainId: LOCAL_CHAIN });
  const transactor = await createTransactor(faucet().connect(provider));
  const { paymentToken } = connectAs(deployment, transactor);
  const coins = BigInt(options.coins);
  // Sent one after another, waited for together: a block takes as many as come.
  await Promise.all(
    addresses
      .map(toAddress)
      .flatMap((to) => [
        transactor.send({ to, data: '0x', value: GAS_MONEY }),
        ...(coins > 0n ? [paymentToken.send.mint(to, coins)] : []),
      ]),
  );
  result(settings.json, { event: 'funded', addresses }, `funded ${addresses.length} accounts`);
}

/** The local chain's first account: whoever can reach that chain knows its key, so it is used nowhere else. */
const faucet = (): HDNodeWallet => HDNodeWallet.fromPhrase(localMnemonic);

async function deployer(settings: Settings): Promise<Transactor> {
  const provider = await openChain(settings.rpc);
  const { chainId } = await provider.getNetwork();
  const wallet =
    chainId === BigInt(LOCAL_CHAIN)
      ? new Wallet(faucet().privateKey)
      : await openKeystore(join(settings.home, 'deployer.json'), await readPassword(settings.passwordFile));
  return createTransactor(wallet.connect(provider));
}
