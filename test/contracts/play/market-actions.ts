/** Random actions on datasets, offers, units and the opening policy. */
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import * as market from '../ledger/market.ts';
import { actor, type Action, type Plan } from './action.ts';
import { arbitersOf, buyersOf, pick, type Stage } from './stage.ts';

/** Beyond the last now and then. */
const datasetId = ({ ledger }: Stage, { stray, which }: Action) =>
  1 + (which % (ledger.datasets.length + (stray === 0 ? 1 : 0)));
const tokenId = ({ ledger }: Stage, { stray, which }: Action) =>
  1 + (which % (ledger.offers.length + (stray === 0 ? 1 : 0)));

const setFee: Plan = (stage, action) => {
  const by = actor(stage, action, stage.ledger.admin);
  const fee = pick([0, 3, 250, 500, 501], action.amount);
  return {
    model: () => market.setFee(stage.ledger, by.address, fee),
    send: () => by.contracts.policy.send.setFee(fee),
  };
};

const listArbiter: Plan = (stage, action) => {
  const by = actor(stage, action, stage.ledger.admin);
  const arbiter = pick(arbitersOf(stage), action.which).address;
  const fee = BigInt(pick([0, 1, 60, 1_000], action.amount));
  return {
    model: () => market.listArbiter(stage.ledger, by.address, arbiter, fee),
    send: () => by.contracts.policy.send.listArbiter(arbiter, fee),
  };
};

const removeArbiter: Plan = (stage, action) => {
  const by = actor(stage, action, stage.ledger.admin);
  const arbiter = pick(arbitersOf(stage), action.which).address;
  return {
    model: () => market.removeArbiter(stage.ledger, by.address, arbiter),
    send: () => by.contracts.policy.send.removeArbiter(arbiter),
  };
};

const setPaused: Plan = (stage, action) => {
  const by = actor(stage, action, stage.ledger.admin);
  const paused = action.amount % 3 === 0;
  return {
    model: () => market.setPaused(stage.ledger, by.address, paused),
    send: () => by.contracts.policy.send.setPaused(paused),
  };
};

const sell: Plan = (stage, action) => {
  const id = datasetId(stage, action);
  const owner = stage.ledger.datasets[id - 1]?.owner;
  const by = actor(stage, action, owner);
  const to = pick(stage.world.owners, action.amount).address;
  return {
    model: () => market.sell(stage.ledger, by.address, id, to),
    send: () => by.contracts.registry.send.transferFrom(owner ?? by.address, to, BigInt(id)),
  };
};

const setOperator: Plan = (stage, action) => {
  const id = datasetId(stage, action);
  const by = actor(stage, action, stage.ledger.datasets[id - 1]?.owner);
  const operator = action.amount % 20;
  return {
    model: () => market.setOperator(stage.ledger, by.address, id, operator),
    send: () => by.contracts.registry.send.setOperator(BigInt(id), operatorAddress(operator)),
  };
};

const retire: Plan = (stage, action) => {
  const id = datasetId(stage, action);
  const by = actor(stage, action, stage.ledger.datasets[id - 1]?.owner);
  return {
    model: () => market.retire(stage.ledger, by.address, id),
    send: () => by.contracts.registry.send.retire(BigInt(id)),
  };
};

const offer: Plan = (stage, action, now) => {
  const dataset = datasetId(stage, action);
  const by = actor(stage, action, stage.ledger.datasets[dataset - 1]?.owner);
  const price = BigInt(pick([0, 2, 33, 999], action.amount));
  const validUntil = now + pick([0, 300, 9_000, -1], action.other);
  const terms = { dataset, price, validUntil, cap: 1 + (action.amount % 9) };
  return {
    model: () => market.offer(stage.ledger, by.address, terms, now),
    send: () =>
      by.contracts.accessToken.send.offer(
        BigInt(dataset),
        digestOfText('use'),
        price,
        BigInt(validUntil),
        terms.cap,
      ),
  };
};

const buy: Plan = (stage, action, now) => {
  const token = tokenId(stage, action);
  const by = pick(buyersOf(stage), action.other);
  const amount = action.amount % (action.stray === 2 ? 3_000 : 6);
  return {
    model: () => market.buy(stage.ledger, by.address, token, amount, now),
    send: () => by.contracts.accessToken.send.buy(BigInt(token), BigInt(amount)),
  };
};

const handOver: Plan = (stage, action) => {
  const token = tokenId(stage, action);
  const by = actor(stage, action, pick(buyersOf(stage), action.other).address);
  const to = pick(buyersOf(stage), action.other + 1).address;
  const amount = action.amount % 12;
  return {
    model: () => market.handOver(stage.ledger, by.address, to, token, amount),
    send: () =>
      by.contracts.accessToken.send.safeTransferFrom(by.address, to, BigInt(token), BigInt(amount), '0x'),
  };
};

const redeem: Plan = (stage, action) => {
  const token = tokenId(stage, action);
  const by = actor(stage, action, pick(buyersOf(stage), action.other).address);
  const amount = action.amount % 12;
  return {
    model: () => market.redeem(stage.ledger, by.address, token, amount),
    send: () => by.contracts.accessToken.send.redeem(BigInt(token), BigInt(amount)),
  };
};

export const marketActions = {
  ...{ setFee, listArbiter, removeArbiter, setPaused },
  ...{ sell, setOperator, retire, offer, buy, handOver, redeem },
};
