/** What Tributary talks to: the chain and its contracts, the IPFS node. */
import { existsSync } from 'node:fs';
import type { JsonRpcProvider } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { checkDeployment } from '#contracts/deployed-code.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import { errorTable } from '#protocol/errors.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readDeployment } from '../chain.ts';
import type { Settings } from '../settings.ts';
import { failure, ok, skipped, warning, type Finding } from './finding.ts';

/** A service at its default address that nobody asked for may be absent. */
export type Absence = (name: string, seen: string, remedy: string) => Finding;

const ANSWER_MILLIS = 5_000;
/** Seconds by which the newest block may lie before this machine's clock: a slot or two, and some idle time. */
const SLOW_BLOCKS = { local: 15, public: 60 };
/** By more, deadlines of rounds are missed. */
const WRONG_CLOCK = 300;

export async function checkChain(settings: Settings, absence: Absence): Promise<Finding[]> {
  const name = 'chain';
  let provider: JsonRpcProvider;
  try {
    provider = await openChain(settings.rpc, { timeoutMs: ANSWER_MILLIS });
  } catch {
    const unreached = ['clock', 'contracts'].map((each) => skipped(each, 'no chain to compare with'));
    return [
      absence(name, `nothing answers at ${settings.rpc}`, 'start one: tributary dev; or give --rpc'),
      ...unreached,
    ];
  }
  try {
    const chainId = Number((await provider.getNetwork()).chainId);
    const block = await provider.getBlock('latest');
    const skew = Date.now() / 1000 - (block?.timestamp ?? 0);
    return [
      ok(name, `${settings.rpc}, chain id ${chainId}, block ${block?.number ?? 0}`),
      judgeClock(skew, chainId === LOCAL_CHAIN),
      ...(await checkContracts(settings, provider, chainId)),
    ];
  } catch (error) {
    return [failure(name, messageOf(error), 'check the node, or give another --rpc')];
  } finally {
    provider.destroy();
  }
}

/** @param skew seconds of this machine's clock after the newest block's time */
export function judgeClock(skew: number, local: boolean): Finding {
  const seen = `${Math.abs(skew).toFixed(0)} s ${skew < 0 ? 'behind' : 'after'} the newest block`;
  if (Math.abs(skew) > WRONG_CLOCK)
    return failure('clock', seen, 'set the clock of this machine, or check the chain');
  const slow = local ? SLOW_BLOCKS.local : SLOW_BLOCKS.public;
  if (skew > slow || skew < -SLOW_BLOCKS.local) {
    return warning('clock', seen, 'see that the chain makes blocks, and set the clock of this machine');
  }
  return ok('clock', seen);
}

async function checkContracts(
  settings: Settings,
  provider: JsonRpcProvider,
  chainId: number,
): Promise<Finding[]> {
  const name = 'contracts';
  if (!existsSync(settings.deployment)) {
    const seen = `no deployment record at ${settings.deployment}`;
    return [
      settings.given.has('deployment') ? failure(name, seen, 'give --deployment') : skipped(name, seen),
    ];
  }
  try {
    const deployment = readDeployment(settings.deployment);
    if (deployment.chainId !== chainId) {
      const seen = `the record is of chain ${deployment.chainId}, this is ${chainId}`;
      return [failure(name, seen, 'give the --deployment of this chain, or its --rpc')];
    }
    const standings = await checkDeployment(provider, deployment);
    return standings.map(({ contract, address, problems: [problem] }) => {
      const label = `contract ${contract}`;
      if (!problem) return ok(label, `${address} is what this version compiles, wired as recorded`);
      return failure(label, problem.message, errorTable[problem.code]?.do ?? 'check the deployment record');
    });
  } catch (error) {
    return [failure(name, messageOf(error), 'give the --deployment of this chain')];
  }
}

/** Puts a block and reads it again. */
export async function checkIpfs({ ipfs }: Settings, absence: Absence): Promise<Finding> {
  const store = connectIpfs(ipfs);
  const bytes = new TextEncoder().encode(`tributary doctor ${Date.now()}`);
  try {
    const found = await store.get(await store.put('raw', bytes));
    if (found.length === bytes.length) return ok('IPFS', `${ipfs} keeps blocks and gives them back`);
    return failure('IPFS', `${ipfs} gave another block back`, 'do not use this node');
  } catch (error) {
    const unreachable = error instanceof TributaryError && error.code === 'ipfs/unreachable';
    if (!unreachable) return failure('IPFS', messageOf(error), 'check the node, or give another --ipfs');
    return absence('IPFS', `nothing answers at ${ipfs}`, 'start one: tributary ipfs start; or give --ipfs');
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
