/** The whole state that the ledger expects, each value beside the view of the chain that must answer it. */
import { ZeroAddress } from 'ethers';
import { accessToken } from '#contracts/bindings/access-token.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { disputes, Status } from '#contracts/bindings/disputes.ts';
import { openingPolicy } from '#contracts/bindings/opening-policy.ts';
import { testCoin } from '#contracts/bindings/test-coin.ts';
import { JobState, Outcome, trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import type { Deployment } from '#contracts/deployment.ts';
import type { Address } from '#protocol/units.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { noHead } from '../job.ts';
import { frozenFrom, isFinal, postedOf, type GhostJob } from '../ledger/ledger.ts';
import { reader, type Read } from './batch.ts';
import { arbitersOf, buyersOf, type Stage } from './stage.ts';

/** `value`: the fields that are named, of an answer with more. */
export type Expected = Readonly<{ read: Read; value: unknown }>;

const NOBODY = `0x${'00'.repeat(20)}`;
const keys = new Map<number, Address>();

function keyOf(operator: number | null): string {
  if (operator === null) return NOBODY;
  const known = keys.get(operator) ?? operatorAddress(operator);
  keys.set(operator, known);
  return known;
}

function readersOf(deployment: Deployment) {
  return {
    coin: reader(testCoin, deployment.paymentToken),
    registry: reader(datasetRegistry, deployment.registry),
    access: reader(accessToken, deployment.accessToken),
    policy: reader(openingPolicy, deployment.policy),
    court: reader(disputes, deployment.disputes),
    escrow: reader(trainingEscrow, deployment.escrow),
  };
}
const known = new WeakMap<Deployment, ReturnType<typeof readersOf>>();

/** @param now of the latest block */
export function expectedState(stage: Stage, now: number): Expected[] {
  const { deployment } = stage.world;
  const on = known.get(deployment) ?? readersOf(deployment);
  known.set(deployment, on);
  const { ledger } = stage;
  return [
    ...money(stage, on),
    ...market(stage, on),
    ...ledger.jobs.flatMap((job) => ofJob(stage, job, on, now)),
  ];
}

type On = ReturnType<typeof readersOf>;

function money({ ledger }: Stage, { coin, escrow, court }: On): Expected[] {
  const credits = (map: Map<Address, bigint>, name: string, of: typeof escrow) =>
    [...map].map(([account, value]) => ({ read: of(`${name} of ${account}`, 'credits', account), value }));
  return [
    ...[...ledger.coins].map(([account, value]) => ({
      read: coin(`coins of ${account}`, 'balanceOf', account),
      value,
    })),
    ...credits(ledger.credits, 'credits', escrow),
    ...credits(ledger.bondCredits, 'bonds', court),
  ];
}

function market(stage: Stage, { registry, access, policy }: On): Expected[] {
  const { datasets, offers, policy: asked } = stage.ledger;
  return [
    { read: policy('fee', 'fee'), value: asked.basisPoints },
    { read: policy('paused', 'paused'), value: asked.paused },
    ...arbitersOf(stage).map(({ address }) => ({
      read: policy(`arbiter ${address}`, 'arbiterOf', address),
      value: { listed: asked.arbiters.has(address), arbiterFee: asked.arbiters.get(address) ?? 0n },
    })),
    ...datasets.flatMap(({ owner, operator, retired }, place) => [
      { read: registry(`owner ${place + 1}`, 'ownerOf', place + 1), value: owner },
      {
        read: registry(`dataset ${place + 1}`, 'standingOf', place + 1),
        value: { operator: keyOf(operator), retired },
      },
    ]),
    ...offers.flatMap(({ sold, held }, place) => [
      { read: access(`offer ${place + 1}`, 'offerOf', place + 1), value: { sold } },
      // Whoever handed over none may hold none, too.
      ...[...new Set([...buyersOf(stage).map(({ address }) => address), ...held.keys()])].map((address) => ({
        read: access(`units ${place + 1} of ${address}`, 'balanceOf', address, place + 1),
        value: BigInt(held.get(address) ?? 0),
      })),
    ]),
  ];
}

function ofJob(stage: Stage, job: GhostJob, { escrow, court }: On, now: number): Expected[] {
  const { id } = job;
  const posted = postedOf(job);
  const { buyer, coordinator, cutoff, readyAt, seats } = job;
  const heads = Array.from({ length: job.rounds }, (_, before) => {
    const posting = posted[before];
    const head = posting && stage.onChain.get(posting)?.head;
    return { read: escrow(`head ${id}/${before + 1}`, 'headOf', id, before + 1), value: head ?? noHead };
  });
  const state = {
    ...{ state: JobState[job.state], buyer, coordinator, seats: seats.length, posted: posted.length },
    ...{ cutoff: BigInt(cutoff), readyAt: BigInt(readyAt), frozenFrom: frozenFrom(job) },
  };
  return [
    { read: escrow(`job ${id}`, 'jobOf', id), value: state },
    ...seats.map((seat, index) => ({
      read: escrow(`seat ${id}/${index}`, 'seatOf', id, index),
      value: {
        operator: keyOf(seat.operator),
        units: Number(seat.units),
        claimedUnits: Number(seat.claimed),
        refundedUnits: Number(seat.refunded),
        collectedUnits: Number(seat.collected),
        claimedBonus: seat.bonus,
      },
    })),
    ...heads,
    ...job.attempts.map(({ round, attempt, outcome }) => ({
      read: escrow(`attempt ${id}/${round}/${attempt}`, 'attemptOf', id, round, attempt),
      value: { outcome: Outcome[outcome] },
    })),
    ...job.postings.flatMap((posting, place) => {
      const { record, head } = stage.onChain.get(posting) ?? { record: undefined, head: noHead };
      const { dispute } = posting;
      return [
        { read: escrow(`final ${id}/${place}`, 'isFinal', id, record), value: isFinal(posting, now) },
        {
          read: court(`dispute ${id}/${place}`, 'disputeOf', head),
          value: dispute
            ? {
                ...dispute,
                defender: dispute.defender ?? ZeroAddress,
                status: Status[dispute.status],
                deadline: BigInt(dispute.deadline),
              }
            : { status: Status.None },
        },
      ];
    }),
  ];
}
