/** Gas of the escrow's actions from receipts on a local chain: settlement, attestations, claims, attempts, seats. */
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { attemptsOf } from '#test/contracts/attempt.ts';
import { leavesOf, opening, payoutTree, quorumOf, settle, settlement } from '#test/contracts/job.ts';
import { bulkOwner } from '#test/contracts/mocks.ts';
import { wideJob } from '#test/contracts/wide-job.ts';
import { at, startWorld, type World } from '#test/contracts/world.ts';

const PRICE = 5_000_000n;
const UNITS = 3;
const world = await startWorld();
const rows = [
  ...(await wideRows(world, 1_000)),
  ...(await attestationRow(world)),
  ...(await attemptRows()),
  await seatRow(world),
];
for (const [row, gas] of rows) console.log(`${row.padEnd(22)}${gas.toLocaleString('en').padStart(9)} gas`);
await world.stop();

type Row = readonly [name: string, gas: number];

async function wideRows({ chain, buyer }: World, seats: number): Promise<Row[]> {
  const job = await wideJob(
    world,
    Array.from({ length: seats }, () => ({ price: PRICE, units: UNITS })),
    UNITS,
  );
  const everybody = job.seats.map((_, seat) => seat);
  const trees = [1, 2].map((round) => payoutTree(job.job, leavesOf(job.seats.map(() => round))));
  const settled = [];
  for (const [index, tree] of trees.entries()) {
    settled.push(await settle(world, job, settlement(job, index + 1, tree.root, everybody)));
  }
  await chain.mineAt(at(settled, 1).readyAt);
  const claims = [];
  for (const [index, tree] of trees.entries()) {
    const { record } = at(settled, index);
    claims.push(await buyer.contracts.escrow.send.claimFor(job.job, record, at(tree.leaves, 3), tree.proof(3)));
  }
  return [
    [`settle-${seats}`, Number(at(settled, 1).mined.gasUsed)],
    ['claim-first', Number(at(claims, 0).gasUsed)],
    ['claim-returning', Number(at(claims, 1).gasUsed)],
  ];
}

/** What one more attestation costs: 20 against 14 of 20 seats. */
async function attestationRow({ chain }: World): Promise<Row[]> {
  const job = await wideJob(
    world,
    Array.from({ length: 20 }, () => ({ price: PRICE, units: UNITS })),
    UNITS,
  );
  const everybody = job.seats.map((_, seat) => seat);
  const { root } = payoutTree(job.job, leavesOf(job.seats.map(() => 1)));
  const deadline = BigInt((await chain.now()) + 500);
  const gas = [];
  for (const [index, signers] of [14, 20].entries()) {
    const given = settlement(job, index + 1, root, everybody);
    const signed = quorumOf(world, job, given, everybody.slice(0, signers), deadline);
    gas.push(Number((await settle(world, job, given, signed)).mined.gasUsed));
  }
  return [['attestation', Math.round((at(gas, 1) - at(gas, 0)) / 6)]];
}

/** A round that is agreed on chain, of a job that had one before: two rosters, the first one aborted. */
async function attemptRows(): Promise<Row[]> {
  const seats = Array.from({ length: 1_000 }, () => ({ price: PRICE, units: UNITS }));
  const job = await wideJob(world, seats, UNITS);
  const everybody = job.seats.map((_, seat) => seat);
  const settled = async (round: number, attempt: number) => {
    const given = settlement(job, round, digestOfText('root'), everybody);
    return (await settle(world, job, { ...given, attempt })).mined;
  };
  const attempts = attemptsOf(world, job);
  await settled(1, 1);
  const rows = [
    ['roster', await attempts.commit(2, 1)],
    ['abort', await attempts.abort(2, 1)],
    ['roster-again', await attempts.commit(2, 2)],
    ['survivors', await attempts.fix(2, 2)],
    ['settle-1000-agreed', await settled(2, 2)],
  ] as const;
  return rows.map(([name, { gasUsed }]) => [name, Number(gasUsed)]);
}

/** What one more seat costs: 30 against 10 in one call. */
async function seatRow({ deployment, buyer }: World): Promise<Row> {
  const { escrow, accessToken, paymentToken } = buyer.contracts;
  const { created } = await deployContract(buyer.transactor, bulkOwner, []);
  const owner = writeContract(bulkOwner, created, buyer.transactor);
  await paymentToken.send.mint(created, PRICE * 200n);
  const gas = [];
  for (const seats of [10, 30]) {
    const operators = Array.from({ length: seats }, (_, seat) => operatorAddress(seat));
    const listed = await owner.send.list(deployment.accessToken, operators, PRICE, UNITS, buyer.address);
    const tokens = accessToken.events('OfferMade', listed.logs).map(({ args }) => args.tokenId);
    const opened = await escrow.send.open(await opening(world, { rounds: UNITS }));
    const { job } = at(escrow.events('JobOpened', opened.logs), 0).args;
    const added = await escrow.send.addSeats(
      job,
      tokens,
      tokens.map(() => UNITS),
    );
    gas.push(Number(added.gasUsed));
  }
  return ['seat', Math.round((at(gas, 1) - at(gas, 0)) / 20)];
}
