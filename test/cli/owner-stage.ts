/** An owner whose key lies on "another machine", and the home that trains without it; on a real chain. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Wallet, encryptKeystoreJson } from 'ethers';
import { connectAs, type SendingContracts } from '#contracts/connect.ts';
import { deploy } from '#contracts/deploy.ts';
import { toAddress, toBytes32, type Address } from '#protocol/units.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';

export type OwnerStage = Readonly<{
  chain: TestChain;
  /** The owner's contracts, to act beside the command line. */
  contracts: SendingContracts;
  owner: Wallet;
  account: Address;
  /** The owner's, in the registry. */
  dataset: number;
  home: string;
  path(name: string): string;
  /** The owner's keystore. */
  safe: string;
  /** Options of a command in the training machine's home. */
  options: Readonly<{ home: string; rpc: string; deployment: string; passwordFile: string; json: true }>;
  stop(): Promise<void>;
}>;

export const PASSWORD = 'secret';

/** A keystore that opens in no time: nothing depends on how hard it is to guess. */
export async function lightKey(file: string, { address, privateKey }: Wallet): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await encryptKeystoreJson({ address, privateKey }, PASSWORD, { scrypt: { N: 1024 } }));
}

export async function startOwnerStage(): Promise<OwnerStage> {
  const chain = await startTestChain();
  const home = mkdtempSync(join(tmpdir(), 'tributary-keys-'));
  const path = (name: string) => join(home, name);
  const floors = { minRoundTimeout: 5, minShortWindow: 2, minLongWindow: 30 };
  const deployment = await deploy(chain.accounts[0]!.transactor, floors);
  writeFileSync(path('password'), `${PASSWORD}\n`);
  writeFileSync(path('deployment.json'), JSON.stringify(deployment));
  const owner = new Wallet(chain.accounts[1]!.key);
  const safe = join(home, 'safe', 'owner.json');
  await lightKey(safe, owner);
  const contracts = connectAs(deployment, chain.accounts[1]!.transactor);
  const operator = toAddress(`0x${'0e'.repeat(20)}`);
  const mined = await contracts.registry.send.register(toBytes32(`0x${'d1'.repeat(32)}`), operator);
  const [event] = contracts.registry.events('DatasetRegistered', mined.logs);
  return {
    ...{ chain, contracts, owner, account: chain.accounts[1]!.address, home, path, safe },
    dataset: Number(event!.args.dataset),
    options: {
      ...{
        home,
        rpc: chain.url,
        deployment: path('deployment.json'),
        passwordFile: path('password'),
        json: true,
      },
    },
    async stop() {
      await chain.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
