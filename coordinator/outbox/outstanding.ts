/**
 * A transaction that is not on chain: offered to the node until it holds it, with the very bytes that are on disk, and
 * replaced by one that pays more where it is not taken. protocol.md §5.3
 */
import { chainError } from '#contracts/decode-error.ts';
import { gasPriceNow, raised, type GasPrice } from '#contracts/gas-price.ts';
import { offer } from '#contracts/offer.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { sayOnce, type Say } from '../driver/poll.ts';
import type { OutboxRow } from '../store/outbox-rows.ts';
import type { ChainView } from './chain-view.ts';
import { factsOfRow, newest, signVersion, type OutboxParts } from './parts.ts';

/** The latest block, and milliseconds. */
type Since = Readonly<{ block: number; at: number }>;

/** Why a transaction is not on its way, since when (milliseconds), and who says so. */
type Trouble = Readonly<{ error: TributaryError; since: number; say: Say }>;

export type Outstanding = Readonly<{
  /** Looks after one transaction. @throws TributaryError `chain/unreachable` */
  push(row: OutboxRow, view: ChainView): Promise<void>;
  /** A reorganisation has taken it back: what the node took before counts no more. */
  restart(row: OutboxRow): void;
  troubleOf(id: number): TributaryError | null;
  /** What is remembered of all others is forgotten: they are on chain, or dropped, by this process or another. */
  keepOnly(open: readonly OutboxRow[]): void;
}>;

export function outstanding(parts: OutboxParts): Outstanding {
  const { provider, rows, pace, cap, log } = parts;
  /** Versions that the node took since this process began, and when: after a start each is offered once more. */
  const held = new Map<Bytes32, Since>();
  const troubles = new Map<number, Trouble>();

  function trouble(row: OutboxRow, error: TributaryError, message: string): Trouble {
    const { since, say } = troubles.get(row.id) ?? { since: Date.now(), say: sayOnce(log) };
    say.failed(factsOfRow(row), error, message);
    const found = { error, since, say };
    troubles.set(row.id, found);
    return found;
  }

  /** @returns whether the node finds that it pays too little */
  async function broadcast(row: OutboxRow, { block }: ChainView): Promise<boolean> {
    const { hash, raw } = newest(row);
    if (row.state === 'planned') await parts.reached('before-broadcast', row);
    try {
      const answer = await offer(provider, raw);
      if (answer !== 'held') return answer === 'too-low';
    } catch (error) {
      const failure = chainError(error, 'a transaction');
      if (failure.code === 'chain/unreachable') throw failure;
      await refused(row, failure);
      return false;
    }
    if (row.state === 'planned') await parts.reached('after-broadcast', row);
    held.set(hash, { block, at: Date.now() });
    troubles.delete(row.id);
    if (row.state === 'planned') await rows.sent(row, Date.now());
    return false;
  }

  /** One that no node ever held would keep all behind it waiting: its nonce is given to another. */
  async function refused(row: OutboxRow, error: TributaryError): Promise<void> {
    const { since } = trouble(row, error, 'the chain refuses a transaction; trying again');
    const hopeless = error.code === 'chain/failed' && row.state === 'planned';
    if (!hopeless || Date.now() - since < pace.stuckMs) return;
    log.error(factsOfRow(row), 'a transaction that the chain refuses is given up; its nonce is free');
    await rows.drop(row, error.message);
  }

  const isLate = (row: OutboxRow, { block }: ChainView): boolean => {
    const version = newest(row);
    // One that was signed long ago, before a crash, has its time from when the node took it.
    const since = held.get(version.hash) ?? version;
    const { blocks, ms } = pace.replaceAfter;
    return block - since.block >= blocks && Date.now() - since.at >= ms;
  };

  async function replace(row: OutboxRow, now: GasPrice, view: ChainView): Promise<void> {
    const price = raised(newest(row), now, cap);
    if (!price) {
      trouble(row, atCap(row, cap), 'a transaction waits: the chain asks for more than the cap on gas');
      return;
    }
    const version = await signVersion(parts, row, row.nonce, price, view.block);
    // On disk before a node has it, as every version is; another process may have been faster.
    if (!(await rows.addVersion(row, version))) return;
    const { maxFeePerGas } = price;
    log.warn(
      { ...factsOfRow(row), replacement: version.hash, maxFeePerGas: maxFeePerGas.toString() },
      'a transaction is replaced by one that pays more',
    );
    await broadcast(await rows.row(row.id), view);
  }

  return {
    async push(row, view) {
      const { hash, maxFeePerGas } = newest(row);
      const isHeld = held.has(hash) && row.nonce < view.pending;
      const tooLow = isHeld ? false : await broadcast(row, view);
      // Of several only the next can be taken.
      if (row.nonce !== view.count || !(tooLow || isLate(row, view))) return;
      const now = await priceOf(parts);
      // A node that has no room for it may have some later at the same price: only a dearer chain is followed at once.
      if (isLate(row, view) || now.maxFeePerGas > maxFeePerGas) await replace(row, now, view);
    },
    restart({ versions }) {
      for (const { hash } of versions) held.delete(hash);
    },
    troubleOf: (id) => troubles.get(id)?.error ?? null,
    keepOnly(open) {
      const hashes = new Set(open.flatMap(({ versions }) => versions.map(({ hash }) => hash)));
      const ids = new Set(open.map(({ id }) => id));
      for (const hash of held.keys()) if (!hashes.has(hash)) held.delete(hash);
      for (const id of troubles.keys()) if (!ids.has(id)) troubles.delete(id);
    },
  };
}

async function priceOf({ provider }: OutboxParts): Promise<GasPrice> {
  try {
    return await gasPriceNow(provider);
  } catch (error) {
    throw chainError(error, 'the price of gas');
  }
}

const atCap = (row: OutboxRow, cap: bigint | null): TributaryError =>
  new TributaryError(
    'chain/fee-cap',
    `Transaction ${newest(row).hash} (${row.purpose}) is not mined, and a replacement would pay more than ${String(cap)} wei a unit of gas: it waits for a cheaper chain or a higher cap.`,
  );
