/** Outboxes on a real chain and a real database: an account, what it sends, and what the chain then holds of it. */
import { Wallet } from 'ethers';
import type { Deployment } from '#contracts/deployment.ts';
import type { Call } from '#contracts/receipts.ts';
import { openOutbox, type Outbox, type OutboxOptions } from '#coordinator/outbox/outbox.ts';
import type { CutPoint, OutboxParts } from '#coordinator/outbox/parts.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { toAddress, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import { at } from '#test/contracts/world.ts';
import { startTestChain, type TestChain } from '#test/support/chain.ts';
import { memoryLog } from '../fakes.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';

/** Who is paid; each amount is a purpose of its own. */
export const payee = toAddress(`0x${'cd'.repeat(20)}`);
export const pay = (value: bigint): Call => ({ to: payee, data: '0x', value });

export const GWEI = 10n ** 9n;
const nobody = toAddress(`0x${'ee'.repeat(20)}`);

export type OnChain = Readonly<{ hash: Bytes32; nonce: number; to: Address | null; value: bigint }>;
export type Kept = Readonly<{ nonce: number; state: string; purpose: string; hashes: readonly string[] }>;

export class OutboxStage {
  readonly log = memoryLog();
  readonly #outboxes = new Set<Outbox>();
  readonly #folder: string;
  readonly chain: TestChain;
  readonly database: Database;
  readonly wallet: Wallet;

  private constructor(chain: TestChain, database: Database, folder: string) {
    this.chain = chain;
    this.database = database;
    this.#folder = folder;
    this.wallet = new Wallet(at(chain.accounts, 2).key.privateKey, chain.provider);
  }

  static async start(): Promise<OutboxStage> {
    const folder = await newFolder();
    const database = await openEmbedded({ folder, prepared: preparedDatabase() });
    return new OutboxStage(await startTestChain(), database, folder);
  }

  /** Before each test: a fresh chain with an empty outbox. */
  async reset(): Promise<void> {
    await this.closeAll();
    await this.mining(true);
    await this.chain.provider.send('anvil_reset', []);
    await this.chain.provider.send('anvil_setBlockTimestampInterval', [1]);
    // What gas cost before outlives a reset.
    await this.mineAt(1n);
    await this.database.commit(async (transaction) => {
      await transaction.query('delete from transactions');
    });
    this.log.lines.length = 0;
  }

  open(changes: Partial<Omit<OutboxOptions, 'database'>> = {}): Outbox {
    const { database, wallet, log } = this;
    const deployment = { chainId: 31_337, escrow: nobody, disputes: nobody } as Deployment;
    const pace = { pollingMs: 5, idleMs: 20, ...changes.pace };
    const outbox = openOutbox({ database, deployment, wallet, log, ...changes, pace });
    this.#outboxes.add(outbox);
    return outbox;
  }

  /** One that dies where it says: it does nothing more, and `reached` resolves. */
  openCut(
    wanted: CutPoint,
    changes: Partial<OutboxOptions> = {},
  ): { outbox: Outbox; reached: Promise<void> } {
    let told: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (told = resolve));
    const reached: OutboxParts['reached'] = async (point) => {
      if (point !== wanted) return;
      told();
      return new Promise(() => undefined);
    };
    const outbox = this.open({ ...changes, reached });
    this.#outboxes.delete(outbox);
    return { outbox, reached: done };
  }

  /** Whether each transaction makes a block at once. */
  mining = (on: boolean): Promise<unknown> => this.chain.provider.send('evm_setAutomine', [on]);

  /** Mines a block in which gas costs so many gwei; what pays less is left out. */
  async mineAt(gwei: bigint): Promise<void> {
    await this.chain.provider.send('anvil_setNextBlockBaseFeePerGas', [`0x${(gwei * GWEI).toString(16)}`]);
    await this.mine();
  }

  async mine(blocks = 1): Promise<void> {
    for (let block = 0; block < blocks; block += 1) await this.chain.provider.send('evm_mine', []);
  }

  /** What the account has on chain, in the order of the chain. */
  async onChain(): Promise<OnChain[]> {
    const found: OnChain[] = [];
    const latest = await this.chain.provider.getBlockNumber();
    for (let number = 1; number <= latest; number += 1) {
      const block = await this.chain.provider.getBlock(number, true);
      for (const { from, hash, nonce, to, value } of block?.prefetchedTransactions ?? []) {
        if (from !== this.wallet.address) continue;
        found.push({
          hash: toBytes32(hash),
          nonce,
          to: to === null ? null : toAddress(to.toLowerCase()),
          value,
        });
      }
    }
    return found;
  }

  /** What waits in the node, by nonce. */
  async waiting(): Promise<{ nonce: number; maxFeePerGas: bigint; maxPriorityFeePerGas: bigint }[]> {
    type Waiting = Readonly<Record<'nonce' | 'maxFeePerGas' | 'maxPriorityFeePerGas', string>>;
    const { pending } = (await this.chain.provider.send('txpool_content', [])) as {
      pending: Record<string, Record<string, Waiting>>;
    };
    return Object.values(pending)
      .flatMap((of) => Object.values(of))
      .map(({ nonce, maxFeePerGas, maxPriorityFeePerGas }) => ({
        nonce: Number(nonce),
        maxFeePerGas: BigInt(maxFeePerGas),
        maxPriorityFeePerGas: BigInt(maxPriorityFeePerGas),
      }));
  }

  /** The rows, in the order in which they were planned. */
  async kept(): Promise<Kept[]> {
    type Row = Readonly<{
      nonce: number | bigint;
      state: string;
      purpose: string;
      versions: { hash: string }[];
    }>;
    const rows = await this.database.query<Row>('select * from transactions order by id', []);
    return rows.map(({ nonce, state, purpose, versions }) => ({
      ...{ nonce: Number(nonce), state, purpose },
      hashes: versions.map(({ hash }) => hash),
    }));
  }

  said = (message: string): object[] =>
    this.log.lines.filter((line) => line.message === message).map(({ facts }) => facts);

  async closeAll(): Promise<void> {
    await Promise.all([...this.#outboxes].map((outbox) => outbox.stop()));
    this.#outboxes.clear();
  }

  async stop(): Promise<void> {
    await this.closeAll();
    await this.database.close();
    await this.chain.stop();
    await removeFolder(this.#folder);
  }
}
