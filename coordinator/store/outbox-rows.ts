/**
 * One account's transactions in rows, kept for ever: each is on disk, signed, before a node sees it. Several coordinators
 * may share an account and a database: numbers are given out under a lock, and whoever is late changes nothing.
 */
import type { Call } from '#contracts/receipts.ts';
import type { GasPrice } from '#contracts/gas-price.ts';
import type { Address, Bytes32, Hex } from '#protocol/units.ts';
import type { Database, Transaction } from './database.ts';

/** One signed form of a transaction. `block` and `at` (milliseconds) are when it was signed. */
export type Version = GasPrice & Readonly<{ hash: Bytes32; raw: Hex; block: number; at: number }>;

/** Where a version was found on chain. */
export type Inclusion = Readonly<{ hash: Bytes32; block: number; blockHash: Bytes32; succeeded: boolean }>;

type Common = Readonly<{
  id: number;
  nonce: number;
  purpose: string;
  call: Call;
  gas: bigint;
  /** The newest last; all have the same nonce, so that one of them is mined at most. */
  versions: readonly Version[];
}>;

/**
 * planned: no node is known to have it. sent: one has, or had. mined: on chain, not as deep as it has to be. deep: as
 * deep as nobody expects it to be taken back from. dropped: never mined; its nonce is another's, or free.
 */
export type OutboxRow = Common &
  (
    | Readonly<{ state: 'planned' | 'sent'; inclusion: null; dropped: null }>
    | Readonly<{ state: 'mined' | 'deep'; inclusion: Inclusion; dropped: null }>
    | Readonly<{ state: 'dropped'; inclusion: null; dropped: string }>
  );

/** What is known of a transaction before it has a nonce. */
export type Draft = Pick<Common, 'purpose' | 'call' | 'gas'>;

export type OutboxRows = Readonly<{
  underWay(purpose: string): Promise<OutboxRow | null>;
  row(id: number): Promise<OutboxRow>;
  /** By nonce: those under way, and those that were deep on a chain that does not count their nonces any more. */
  open(count: number): Promise<OutboxRow[]>;
  /**
   * On disk when it resolves: a new transaction with the lowest free nonce, or the one of this purpose that is under way.
   *
   * @param pending the chain's count, with what waits in the node
   */
  plan(draft: Draft, pending: number, sign: (nonce: number) => Promise<Version>): Promise<OutboxRow>;
  /** @returns false where another process has added one since the row was read */
  addVersion(row: OutboxRow, version: Version): Promise<boolean>;
  sent(row: OutboxRow, at: number): Promise<void>;
  included(row: OutboxRow, inclusion: Inclusion, state: 'mined' | 'deep'): Promise<void>;
  /** A reorganisation has left out where it was included. */
  takenBack(row: OutboxRow): Promise<void>;
  /** Does nothing where another process has added a version since the row was read: that one may be mined. */
  drop(row: OutboxRow, reason: string): Promise<void>;
}>;

type RawRow = Readonly<{
  id: number | bigint | string;
  nonce: number | bigint | string;
  gas: number | bigint | string;
  purpose: string;
  call: Omit<Call, 'value'> & Readonly<{ value: string }>;
  versions: readonly RawVersion[];
  state: OutboxRow['state'];
  inclusion: Inclusion | null;
  dropped: string | null;
}>;
type RawVersion = Omit<Version, keyof GasPrice> & Readonly<Record<keyof GasPrice, string>>;

const COLUMNS = 'id, nonce, gas, purpose, call, versions, state, inclusion, dropped';
const UNDER_WAY = "state in ('planned', 'sent', 'mined')";

export function openOutboxRows(
  database: Pick<Database, 'commit' | 'query'>,
  chainId: number,
  account: Address,
): OutboxRows {
  const mine = [chainId, account];
  const select = async (where: string, parameters: unknown[]): Promise<OutboxRow[]> =>
    (
      await database.query<RawRow>(
        `select ${COLUMNS} from transactions where chain = $1 and account = $2 and ${where}`,
        [...mine, ...parameters],
      )
    ).map(rowOf);
  const row = async (id: number): Promise<OutboxRow> => {
    const [found] = await select('id = $3', [id]);
    if (!found) throw new TypeError(`the outbox has no transaction ${id}`);
    return found;
  };
  const change = async (sql: string, parameters: unknown[]): Promise<void> =>
    database.commit(async (transaction) => void (await transaction.query(sql, parameters)));

  return {
    underWay: async (purpose) => (await select(`purpose = $3 and ${UNDER_WAY}`, [purpose]))[0] ?? null,
    row,
    open: (count) => select(`(${UNDER_WAY} or (state = 'deep' and nonce >= $3)) order by nonce`, [count]),

    async plan(draft, pending, sign) {
      let id = 0;
      await database.commit(async (transaction) => {
        await lock(transaction, mine);
        // One that was deep on a chain that does not count it any more is under way again.
        const joined = await transaction.query<Pick<RawRow, 'id'>>(
          `select id from transactions where chain = $1 and account = $2 and purpose = $3
           and (${UNDER_WAY} or (state = 'deep' and nonce >= $4)) order by id desc`,
          [...mine, draft.purpose, pending],
        );
        id = Number(joined[0]?.id ?? (await insert(transaction, mine, draft, pending, sign)));
      });
      return row(id);
    },

    async addVersion({ id, versions }, version) {
      let added = false;
      await database.commit(async (transaction) => {
        const rows = await transaction.query(
          `update transactions set versions = versions || $2::jsonb
           where id = $1 and jsonb_array_length(versions) = $3 and state in ('planned', 'sent') returning id`,
          [id, versionsText([version]), versions.length],
        );
        added = rows.length > 0;
      });
      return added;
    },

    sent: ({ id }, at) =>
      change(
        `update transactions set state = 'sent', first_sent_at = coalesce(first_sent_at, $2)
         where id = $1 and state = 'planned'`,
        [id, at],
      ),

    included: ({ id }, inclusion, state) =>
      change(
        // Whoever looked earlier and writes later does not make less of what is deep.
        `update transactions set state = $2, inclusion = $3
         where id = $1 and state <> 'dropped' and (state <> 'deep' or $2 = 'deep')`,
        [id, state, JSON.stringify(inclusion)],
      ),

    takenBack: ({ id, inclusion }) =>
      change(
        // Another with its purpose may have been sent after it was deep: this one only keeps its nonce.
        `update transactions set state = 'sent', inclusion = null, purpose = case when exists
           (select from transactions as other where ${UNDER_WAY} and other.id <> $1
             and (other.chain, other.account, other.purpose)
               = (transactions.chain, transactions.account, transactions.purpose))
           then purpose || '#' || id else purpose end
         where id = $1 and inclusion->>'blockHash' = $2`,
        [id, inclusion?.blockHash],
      ),

    drop: ({ id, versions }, reason) =>
      change(
        `update transactions set state = 'dropped', inclusion = null, dropped = $2
         where id = $1 and ${UNDER_WAY} and jsonb_array_length(versions) = $3`,
        [id, reason, versions.length],
      ),
  };
}

async function insert(
  transaction: Transaction,
  mine: readonly unknown[],
  { purpose, call, gas }: Draft,
  pending: number,
  sign: (nonce: number) => Promise<Version>,
): Promise<RawRow['id']> {
  const nonce = await freeNonce(transaction, mine, pending);
  const rows = await transaction.query<Pick<RawRow, 'id'>>(
    `insert into transactions (chain, account, nonce, purpose, call, gas, versions, state)
     values ($1, $2, $3, $4, $5, $6, $7, 'planned') returning id`,
    [...mine, nonce, purpose, callText(call), gas, versionsText([await sign(nonce)])],
  );
  const [inserted] = rows;
  if (!inserted) throw new TypeError('a transaction was not inserted');
  return inserted.id;
}

/** Until the transaction ends, nobody else gives out nonces of this account. */
async function lock(transaction: Transaction, mine: readonly unknown[]): Promise<void> {
  await transaction.query(
    'insert into transaction_accounts (chain, account) values ($1, $2) on conflict do nothing',
    [...mine],
  );
  await transaction.query(
    'select account from transaction_accounts where chain = $1 and account = $2 for update',
    [...mine],
  );
}

/** The lowest that neither the chain has counted nor a transaction of ours holds: a gap would block all behind it. */
async function freeNonce(
  transaction: Transaction,
  mine: readonly unknown[],
  pending: number,
): Promise<number> {
  const rows = await transaction.query<Pick<RawRow, 'nonce'>>(
    `select nonce from transactions where chain = $1 and account = $2 and state <> 'dropped' and nonce >= $3
     order by nonce`,
    [...mine, pending],
  );
  const held = new Set(rows.map(({ nonce }) => Number(nonce)));
  let nonce = pending;
  while (held.has(nonce)) nonce += 1;
  return nonce;
}

function rowOf({ id, nonce, gas, call, versions, ...rest }: RawRow): OutboxRow {
  return {
    ...rest,
    id: Number(id),
    nonce: Number(nonce),
    gas: BigInt(gas),
    call: { ...call, value: BigInt(call.value) },
    versions: versions.map((version) => ({
      ...version,
      maxFeePerGas: BigInt(version.maxFeePerGas),
      maxPriorityFeePerGas: BigInt(version.maxPriorityFeePerGas),
    })),
  } as OutboxRow;
}

const asText = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' ? value.toString() : value;
const callText = ({ value = 0n, ...call }: Call): string => JSON.stringify({ ...call, value }, asText);
const versionsText = (versions: readonly Version[]): string => JSON.stringify(versions, asText);
