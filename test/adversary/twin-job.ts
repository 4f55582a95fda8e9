/** A second job of a buyer on datasets, recipe and initial model of the first. */
import { readJobFacts } from '#contracts/job-facts.ts';
import type { IpfsStore } from '#datasets/ipfs.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { loadJob, type Job } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { opening } from '#test/contracts/job.ts';
import { at, type World } from '#test/contracts/world.ts';

/** @param seats those of the first job whose datasets it has, ascending */
export async function launchTwin(
  world: World,
  ipfs: IpfsStore,
  first: Job,
  seats: readonly number[],
): Promise<Job> {
  const { manifest } = first;
  const datasets = seats.map((seat) => at(manifest.datasets, seat));
  const terms = await writeBlock(ipfs, { ...manifest, datasets });
  const { escrow, accessToken } = world.buyer.contracts;
  for (const { token, units } of datasets) await accessToken.send.buy(BigInt(token), BigInt(units));
  const opened = await escrow.send.open(
    await opening(world, { terms: digestHex(terms), rounds: manifest.rounds }),
  );
  const { job } = at(escrow.events('JobOpened', opened.logs), 0).args;
  await escrow.send.addSeats(
    job,
    datasets.map(({ token }) => BigInt(token)),
    datasets.map(({ units }) => units),
  );
  await escrow.send.activate(job);
  const facts = await readJobFacts(world.coordinator.contracts, Number(job));
  const { chainId, escrow: address } = first.id;
  return loadJob(ipfs, { chainId, escrow: address }, facts);
}
