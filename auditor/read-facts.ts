/** Reads from a chain what an audit takes from it: state, events, and who owned what at the time. protocol.md §5 */
import { ZeroAddress } from 'ethers';
import { readAttempt, readCommitted } from '#contracts/attempts.ts';
import type { Contracts } from '#contracts/connect.ts';
import { claimsOf, readEvents, seatsOfJob, settlementsOf } from '#contracts/events.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import { readSeatOperators } from '#contracts/seat-operators.ts';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import { toAddress, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import type { AuditFacts, ClaimOnChain, MoneyOut, OfferOnChain, UnitsTaken } from './facts.ts';

/** @throws TributaryError `escrow/…` where there is no such job, `chain/…` where the chain gives no answer */
export async function readAuditFacts(contracts: Contracts, job: number): Promise<AuditFacts> {
  const facts = await readJobFacts(contracts, job);
  const { seats, settlements } = facts;
  return {
    job: facts,
    heads: await Promise.all(settlements.map(({ round }) => readHead(contracts, job, round))),
    offers: await Promise.all(seats.map(({ token }) => readOffer(contracts, token))),
    unitsTaken: await readUnitsTaken(contracts, facts),
    descriptors: await Promise.all(seats.map(({ dataset }) => readDescriptor(contracts, dataset))),
    owners: await readOwners(contracts, facts),
    operators: await readSeatOperators(contracts, job),
    claims: await readClaims(contracts, job),
    out: await readMoneyOut(contracts, BigInt(job)),
    attempts: await Promise.all(
      settlements.map(({ round, attempt }) => readAgreement(contracts, { job, round, attempt })),
    ),
  };
}

const readHead = async ({ escrow }: Contracts, job: number, round: number): Promise<Bytes32> =>
  toBytes32(await escrow.read.headOf(BigInt(job), round));

const readDescriptor = async ({ registry }: Contracts, dataset: bigint): Promise<Bytes32> =>
  toBytes32((await registry.read.datasetOf(dataset)).manifest);

async function readAgreement(contracts: Contracts, id: AttemptId): Promise<Committed | null> {
  const { outcome } = await readAttempt(contracts, id, { confirmations: 1 });
  return outcome === 'none' ? null : readCommitted(contracts, id, { confirmations: 1 });
}

async function readOffer({ accessToken }: Contracts, token: bigint): Promise<OfferOnChain | null> {
  try {
    const { dataset, price } = await accessToken.read.offerOf(token);
    return { token, dataset, price };
  } catch (error) {
    if (error instanceof TributaryError && error.code === 'escrow/unknown-offer') return null;
    throw error;
  }
}

async function readClaims(contracts: Contracts, job: number): Promise<ClaimOnChain[]> {
  const claims = await claimsOf(contracts, BigInt(job));
  return claims.map(({ args: { seat, round, units, bonus, amount } }) => ({
    seat,
    round,
    units,
    bonus,
    amount,
  }));
}

async function readMoneyOut(contracts: Contracts, job: bigint): Promise<MoneyOut> {
  const { escrow } = contracts;
  const [closed, cancelled, voided, unearned, bonus, fees] = await Promise.all([
    readEvents(contracts, escrow, 'JobClosed', { job }),
    readEvents(contracts, escrow, 'JobCancelled', { job }),
    readEvents(contracts, escrow, 'RoundsVoided', { job }),
    readEvents(contracts, escrow, 'SeatRefunded', { job }),
    readEvents(contracts, escrow, 'BonusRefunded', { job }),
    readEvents(contracts, escrow, 'FeesCollected', { job }),
  ]);
  const amounts = (events: readonly Readonly<{ args: Readonly<{ amount: bigint }> }>[]) =>
    events.reduce((sum, { args }) => sum + args.amount, 0n);
  return {
    ended: [...closed, ...cancelled, ...voided].reduce((sum, { args }) => sum + args.credited, 0n),
    unearned: amounts(unearned),
    bonus: amounts(bonus),
    fees: amounts(fees),
  };
}

type Burn = Readonly<{ transaction: Bytes32; token: bigint; units: number; holder: Address }>;

/** Units that left `from` for nowhere by the escrow's hand: one event for one token, another for several. */
async function readBurns(contracts: Contracts, from: Address): Promise<Burn[]> {
  const where = { operator: contracts.escrow.address, from, to: ZeroAddress as Address };
  const single = await readEvents(contracts, contracts.accessToken, 'TransferSingle', where);
  const batch = await readEvents(contracts, contracts.accessToken, 'TransferBatch', where);
  return [
    ...single.map(({ args, transaction }) => ({
      transaction,
      token: args.id,
      units: Number(args.value),
      holder: from,
    })),
    ...batch.flatMap(({ args, transaction }) =>
      args.ids.map((token, at) => ({
        transaction,
        token,
        units: Number(args.values[at] ?? 0n),
        holder: from,
      })),
    ),
  ];
}

/** Each burn stands for one seat, added by the same transaction. */
async function readUnitsTaken(contracts: Contracts, { job, buyer }: JobFacts): Promise<UnitsTaken[]> {
  const burns = await readBurns(contracts, buyer);
  const added = await seatsOfJob(contracts, BigInt(job));
  return added.flatMap(({ args, transaction }) => {
    const at = burns.findIndex((burn) => burn.transaction === transaction && burn.token === args.tokenId);
    const [burn] = at < 0 ? [] : burns.splice(at, 1);
    return burn ? [{ seat: args.seat, holder: burn.holder, token: burn.token, units: burn.units }] : [];
  });
}

type Place = Readonly<{ block: number; logIndex: number }>;
const isBefore = (a: Place, b: Place): boolean =>
  a.block < b.block || (a.block === b.block && a.logIndex < b.logIndex);

/** The owners while each round ran, by the registry's transfers. */
async function readOwners(
  contracts: Contracts,
  { job, seats, settlements }: JobFacts,
): Promise<Address[][][]> {
  const posted = await settlementsOf(contracts, BigInt(job));
  const added = await seatsOfJob(contracts, BigInt(job));
  const histories = await Promise.all(seats.map(({ dataset }) => readTransfers(contracts, dataset)));
  const ownersAt = (place: Place): Address[] =>
    seats.map(
      ({ owner }, seat) => histories[seat]?.filter((sale) => !isBefore(place, sale)).at(-1)?.to ?? owner,
    );
  // A round that was voided and posted again is as old as its first posting.
  const ends = settlements.map(({ round, manifest }) =>
    posted.find(({ args }) => args.round === round && args.manifest === manifest),
  );
  return ends.map((end, index) => {
    const start = index === 0 ? added.at(-1) : ends[index - 1];
    if (start === undefined || end === undefined) return [];
    const sales = histories.flat().filter((sale) => isBefore(start, sale) && isBefore(sale, end));
    return [start, ...sales.sort((a, b) => (isBefore(a, b) ? -1 : 1))].map(ownersAt);
  });
}

async function readTransfers(contracts: Contracts, dataset: bigint): Promise<(Place & { to: Address })[]> {
  const transfers = await readEvents(contracts, contracts.registry, 'Transfer', { tokenId: dataset });
  return transfers.map(({ args, block, logIndex }) => ({ block, logIndex, to: toAddress(args.to) }));
}
