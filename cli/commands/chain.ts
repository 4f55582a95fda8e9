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

/** Seconds between announcement and change that a public deployment has unless it says otherwise: two days. */
const PUBLIC_DELAY = 172_800;

type DeployOptions = CommonOptions &
  Readonly<{
    paymentToken?: string;
    minRoundTimeout: number;
    minShortWindow: number;
    minLongWindow: number;
    /** Basis points. */
    fee?: number;
    feeRecipient?: string;
    arbiter?: string;
    /** Base units. */
    arbiterFee?: bigint;
    admin?: string;
    /** Seconds, like the windows. */
    adminDelay?: number;
    defenceWindow?: number;
    judgementWindow?: number;
  }>;

export async function deployContracts(options: DeployOptions): Promise<void> {
  const settings = readSettings(options);
  const transactor = await deployer(settings);
  const local = transactor.chainId === LOCAL_CHAIN;
  if (!local) assertDecided(options);
  const { minRoundTimeout, minShortWindow, minLongWindow } = options;
  const floors = { minRoundTimeout, minShortWindow, minLongWindow };
  const { paymentToken, feeRecipient, admin, defenceWindow, judgementWindow } = options;
  const arbiter = {
    address: toAddress(options.arbiter ?? transactor.address),
    fee: options.arbiterFee ?? 0n,
  };
  const deployment = await deploy(transactor, floors, {
    ...(paymentToken !== undefined && { paymentToken: toAddress(paymentToken) }),
    ...(feeRecipient !== undefined && { feeRecipient: toAddress(feeRecipient) }),
    ...(defenceWindow !== undefined && { defenceWindow }),
    ...(judgementWindow !== undefined && { judgementWindow }),
    governance: {
      ...(admin !== undefined && { admin: toAddress(admin) }),
      delay: options.adminDelay ?? (local ? 0 : PUBLIC_DELAY),
      fee: options.fee ?? 0,
      arbiter,
    },
  });
  mkdirSync(dirname(settings.deployment), { recursive: true });
  writeFileSync(settings.deployment, `${JSON.stringify(deployment, null, 2)}\n`);
  result(
    settings.json,
    { event: 'deployed', ...deployment },
    `deployed; the record is ${settings.deployment}`,
  );
}

/** Whoever deploys for others says who has the money's token, the disputes and the administration. */
function assertDecided({ paymentToken, arbiter, admin }: DeployOptions): void {
  if (paymentToken === undefined) {
    throw new TributaryError(
      'settings/no-payment-token',
      'off the local chain, say which ERC-20 pays: --payment-token',
    );
  }
  if (arbiter === undefined) {
    throw new TributaryError(
      'settings/no-arbiter',
      'off the local chain, say who answers disputes: --arbiter',
    );
  }
  if (admin === undefined) {
    throw new TributaryError(
      'settings/no-admin',
      'off the local chain, say who may change fee and arbiters: --admin',
    );
  }
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
