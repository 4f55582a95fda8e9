/**
 * What must hold of a job after whatever happened to it: each round posted once and paid once, what was acknowledged in its
 * sum, nothing sent twice in another form, and an audit of all levels that asks no coordinator.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { readAuditFacts } from '#auditor/read-facts.ts';
import { claimPay } from '#client/claim.ts';
import { openLineage } from '#client/lineage.ts';
import { settlementsOf } from '#contracts/events.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { fromHex } from '#crypto/bytes.ts';
import { carBlockStore } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { readBlock } from '#datasets/read-block.ts';
import { reckon } from '#examples/demo/reckoning.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import { roundSchema } from '#protocol/manifests.ts';
import { at, type World } from '#test/contracts/world.ts';
import type { Carried } from '#test/support/faulty-proxy.ts';
import { coinsOf, THRESHOLD, type Owner } from './owners.ts';
import { lapses, sentBy } from './sent.ts';

export type Ended = Readonly<{
  world: World;
  owners: readonly Owner[];
  /** Without any door. */
  ipfsUrl: string;
  /** Where the buyer keeps evidence. */
  evidence: string;
  carried: readonly Carried[];
  job: number;
  rounds: number;
  /** What each owner had before the job. */
  held: readonly bigint[];
}>;

/** Rounds, and who took part in each. @returns what was seen, in words */
export async function assertSound(ended: Ended): Promise<string> {
  const { world, carried, job, rounds } = ended;
  const { chainId, escrow } = world.deployment;
  const posted = await settlementsOf(world.stranger.contracts, BigInt(job));
  expect(
    posted.map(({ args }) => args.round),
    'rounds posted',
  ).to.deep.equal(upTo(rounds));
  const sent = sentBy(
    carried.filter(({ path }) => path.startsWith(`/v1/jobs/${job}/`)),
    { chainId, escrow },
  );
  expect(sent.inputs.length, 'inputs seen on the wire').to.be.at.least(rounds * THRESHOLD);
  expect(lapses(sent, THRESHOLD)).to.deep.equal([]);
  const store = connectIpfs(ended.ipfsUrl);
  for (const { args } of posted) {
    const manifest = await readBlock(
      store,
      cidFromDigest('dag-cbor', fromHex(args.manifest)),
      roundSchema,
      'a manifest',
    );
    const inSum = manifest.survivors.map(({ member }) => member);
    const acknowledged = sent.inputs.filter(
      ({ of, acknowledged: yes }) => yes && of.round === args.round && of.attempt === args.attempt,
    );
    const lost = acknowledged.filter(({ member }) => !inSum.includes(member)).map(({ member }) => member);
    expect(lost, `acknowledged and not in the sum of round ${args.round}`).to.deep.equal([]);
  }
  const paid = await assertPaidOnce(ended);
  await assertAudited(ended);
  const attempts = posted.map(({ args }) => args.attempt).join(', ');
  return `${rounds} rounds posted once (attempts ${attempts}), ${paid} paid once, audit 1–5 passed`;
}

/** Owners claim twice; what came is what the chain's events say, to the unit, and the escrow gave no more. */
async function assertPaidOnce({ world, owners, ipfsUrl, job, held }: Ended): Promise<bigint> {
  const { escrow, paymentToken } = world.stranger.contracts;
  const inEscrow = () => paymentToken.read.balanceOf(escrow.address);
  const { longWindow } = await readJobFacts(world.stranger.contracts, job);
  await world.chain.mineAt((await world.chain.now()) + longWindow + 1);
  const before = await inEscrow();
  const store = connectIpfs(ipfsUrl);
  for (const time of ['first', 'again']) {
    for (const owner of owners) {
      const { contracts } = at(world.owners, owner.index);
      const { paid } = await claimPay(
        contracts,
        { store, lineage: openLineage(owner.home) },
        job,
        owner.dataset,
      );
      if (time === 'again') expect(paid, 'a second claim').to.equal(0n);
    }
  }
  const { seats } = await reckon(world.stranger.contracts, job);
  const due = new Map(seats.map(({ dataset, pay }) => [dataset, pay]));
  for (const owner of owners) {
    const came = (await coinsOf(world, owner)) - (held[owner.index] ?? 0n);
    expect(came, `pay of owner ${owner.index}`).to.equal(due.get(owner.dataset));
  }
  const total = seats.reduce((sum, { pay }) => sum + pay, 0n);
  expect(before - (await inEscrow()), 'paid by the escrow').to.equal(total);
  expect(total > 0n).to.equal(true);
  return total;
}

async function assertAudited({ world, ipfsUrl, evidence, job }: Ended): Promise<void> {
  const { chainId, escrow } = world.deployment;
  const cars = readdirSync(evidence, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.includes(`-${job}/`) && name.endsWith('.car'),
  );
  const copies = await Promise.all(cars.map((name) => carBlockStore(join(evidence, name))));
  const report = await audit(
    {
      domain: { chainId, escrow },
      facts: await readAuditFacts(world.stranger.contracts, job),
      blocks: connectIpfs(ipfsUrl),
      evidence: copies.map((source) => ({ root: source.root, source })),
    },
    { levels },
  );
  await Promise.all(copies.map((copy) => copy.close()));
  const wrong = report.findings.filter(({ verdict }) => verdict.result !== 'passed');
  expect(wrong, 'findings of the audit').to.deep.equal([]);
  expect(report.passed).to.equal(true);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
