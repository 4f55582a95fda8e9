/** The plain ledger of datasets, offers, units and the opening policy. protocol.md §5.1, §5.7 */
import type { Address } from '#protocol/units.ts';
import { move, type GhostDataset, type GhostOffer, type Ledger } from './ledger.ts';
import { refuse } from './refused.ts';

const MAX_FEE = 500;

const datasetBy = ({ datasets }: Ledger, id: number): GhostDataset => {
  return datasets[id - 1] ?? refuse('unknown-dataset');
};
export const offerBy = ({ offers }: Ledger, token: number): GhostOffer => {
  return offers[token - 1] ?? refuse('unknown-offer');
};

export function sell(ledger: Ledger, by: Address, id: number, to: Address): void {
  const dataset = datasetBy(ledger, id);
  if (by !== dataset.owner) refuse('refused');
  [dataset.owner, dataset.operator] = [to, null];
}

export function setOperator(ledger: Ledger, by: Address, id: number, operator: number): void {
  owned(ledger, by, id).operator = operator;
}

export function retire(ledger: Ledger, by: Address, id: number): void {
  owned(ledger, by, id).retired = true;
}

function owned(ledger: Ledger, by: Address, id: number): GhostDataset {
  const dataset = datasetBy(ledger, id);
  if (by !== dataset.owner) refuse('not-dataset-owner');
  if (dataset.retired) refuse('dataset-is-retired');
  return dataset;
}

export function offer(
  ledger: Ledger,
  by: Address,
  terms: Pick<GhostOffer, 'dataset' | 'price' | 'validUntil' | 'cap'>,
  now: number,
): void {
  owned(ledger, by, terms.dataset);
  if (terms.validUntil < now) refuse('offer-expired');
  ledger.offers.push({ ...terms, sold: 0, held: new Map() });
}

export function buy(ledger: Ledger, by: Address, token: number, amount: number, now: number): void {
  const chosen = offerBy(ledger, token);
  if (amount === 0) refuse('zero-amount');
  if (now > chosen.validUntil) refuse('offer-expired');
  if (datasetBy(ledger, chosen.dataset).retired) refuse('dataset-is-retired');
  if (chosen.sold + amount > chosen.cap) refuse('cap-exceeded');
  move(ledger, by, ledger.accessToken, BigInt(amount) * chosen.price);
  chosen.sold += amount;
  chosen.held.set(by, (chosen.held.get(by) ?? 0) + amount);
}

/** @param to who gets the price of what was burned */
export function redeem(ledger: Ledger, by: Address, token: number, amount: number, to = by): void {
  if (amount === 0) refuse('zero-amount');
  takeUnits(ledger, by, token, amount);
  move(ledger, ledger.accessToken, to, BigInt(amount) * offerBy(ledger, token).price);
}

export function handOver(ledger: Ledger, by: Address, to: Address, token: number, amount: number): void {
  takeUnits(ledger, by, token, amount);
  const { held } = offerBy(ledger, token);
  held.set(to, (held.get(to) ?? 0) + amount);
}

function takeUnits({ offers }: Ledger, by: Address, token: number, amount: number): void {
  const held = offers[token - 1]?.held ?? new Map<Address, number>();
  const has = held.get(by) ?? 0;
  if (has < amount) refuse('units-not-owned');
  held.set(by, has - amount);
}

export function setFee(ledger: Ledger, by: Address, basisPoints: number): void {
  restricted(ledger, by);
  if (basisPoints > MAX_FEE) refuse('fee-above-cap');
  ledger.policy.basisPoints = basisPoints;
}

export function listArbiter(ledger: Ledger, by: Address, arbiter: Address, fee: bigint): void {
  restricted(ledger, by);
  ledger.policy.arbiters.set(arbiter, fee);
}

export function removeArbiter(ledger: Ledger, by: Address, arbiter: Address): void {
  restricted(ledger, by);
  if (!ledger.policy.arbiters.delete(arbiter)) refuse('arbiter-not-listed');
}

export function setPaused(ledger: Ledger, by: Address, paused: boolean): void {
  restricted(ledger, by);
  ledger.policy.paused = paused;
}

function restricted({ admin }: Ledger, by: Address): void {
  if (by !== admin) refuse('not-authorized');
}
