/** A real chain for tests: anvil with instant blocks one second apart, snapshots, and accounts that need no waiting. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { HDNodeWallet, type JsonRpcProvider, type SigningKey } from 'ethers';
import { localMnemonic, startAnvil, type AnvilOptions } from '#contracts/anvil.ts';
import { decodeRefusal } from '#contracts/decode-error.ts';
import { LOCAL_CHAIN, openChain } from '#contracts/provider.ts';
import type { Call, Mined, Transactor } from '#contracts/transact.ts';
import { toAddress, toBytes32, type Address } from '#protocol/units.ts';

/** An account of the chain's mnemonic. */
export type Account = Readonly<{ address: Address; key: SigningKey; transactor: Transactor }>;

export type TestChain = Readonly<{
  url: string;
  provider: JsonRpcProvider;
  accounts: readonly Account[];
  /** Timestamp of the latest block. */
  now(): Promise<number>;
  /** The next block, and with it the next transaction, has this timestamp. */
  nextBlockAt(time: number): Promise<void>;
  /** Mines an empty block at this time, so that calls see it. */
  mineAt(time: number): Promise<void>;
  snapshot(): Promise<string>;
  revert(snapshot: string): Promise<void>;
  stop(): Promise<void>;
}>;

/** The scripts that test other builds of the contracts, none of them optimised, say where those are. */
const unlimited = Boolean(process.env['TRIBUTARY_ARTIFACTS']);

/** Most gas of one transaction, by EIP-7825: given with each, so that nothing is estimated. */
const GAS = unlimited ? '0x20000000' : '0x1000000';

/** Starts a chain; with a block time it runs in real time, without one each transaction is a block, a second apart. */
export async function startTestChain(options: AnvilOptions = {}): Promise<TestChain> {
  const count = options.accounts ?? 10;
  const logs = process.env['TRIBUTARY_CHAIN_LOGS'];
  const log = logs === undefined ? {} : { log: join(logs, `${randomUUID()}.log`) };
  const anvil = await startAnvil({ ...options, ...log, unlimited, accounts: count });
  const provider = await openChain(anvil.url);
  if (options.blockTime === undefined) await provider.send('anvil_setBlockTimestampInterval', [1]);
  const root = HDNodeWallet.fromPhrase(localMnemonic, undefined, "m/44'/60'/0'/0");
  const nextBlockAt = async (time: number): Promise<void> => {
    await provider.send('evm_setNextBlockTimestamp', [time]);
  };
  return {
    url: anvil.url,
    provider,
    accounts: Array.from({ length: count }, (_, index) =>
      account(provider, root.deriveChild(index), options.chainId),
    ),
    now: async () => Number((await latest(provider)).timestamp),
    nextBlockAt,
    async mineAt(time) {
      await nextBlockAt(time);
      await provider.send('evm_mine', []);
    },
    snapshot: async () => (await provider.send('evm_snapshot', [])) as string,
    async revert(snapshot) {
      await provider.send('evm_revert', [snapshot]);
    },
    async stop() {
      provider.destroy();
      await anvil.stop();
    },
  };
}

async function latest(provider: JsonRpcProvider): Promise<{ timestamp: string }> {
  return (await provider.send('eth_getBlockByNumber', ['latest', false])) as { timestamp: string };
}

function account(provider: JsonRpcProvider, wallet: HDNodeWallet, chainId = LOCAL_CHAIN): Account {
  const address = toAddress(wallet.address);
  const transactor = {
    address,
    chainId,
    provider,
    send: (call: Call) => sendUnlocked(provider, address, call),
  };
  return { address, key: wallet.signingKey, transactor };
}

type RawReceipt = Readonly<{
  transactionHash: string;
  status: string;
  blockNumber: string;
  gasUsed: string;
  contractAddress: string | null;
  logs: readonly Readonly<{ address: string; topics: string[]; data: string; logIndex: string }>[];
}>;

/** One request a transaction: the node holds these keys. A refusal's reason is read from the trace, at its own time. */
async function sendUnlocked(provider: JsonRpcProvider, from: Address, call: Call): Promise<Mined> {
  const value = `0x${(call.value ?? 0n).toString(16)}`;
  const receipt = (await provider.send('eth_sendTransactionSync', [
    { from, data: call.data, value, gas: GAS, ...(call.to === undefined ? {} : { to: call.to }) },
  ])) as RawReceipt;
  if (receipt.status !== '0x1') {
    const trace = (await provider.send('debug_traceTransaction', [
      receipt.transactionHash,
      { tracer: 'callTracer' },
    ])) as { output?: string };
    throw decodeRefusal(trace.output ?? '0x');
  }
  const block = Number(receipt.blockNumber);
  return {
    transaction: toBytes32(receipt.transactionHash),
    block,
    gasUsed: BigInt(receipt.gasUsed),
    created: receipt.contractAddress === null ? null : toAddress(receipt.contractAddress),
    logs: receipt.logs.map(({ address, topics, data, logIndex }) => ({
      address,
      topics,
      data,
      blockNumber: block,
      transactionHash: receipt.transactionHash,
      index: Number(logIndex),
    })),
  };
}
