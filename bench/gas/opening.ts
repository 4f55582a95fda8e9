/** Opening a job beside one and beside two hundred open ones: nobody pays for other people's jobs. */
import { opening } from '#test/contracts/job.ts';
import { at, type World } from '#test/contracts/world.ts';
import type { Snapshot } from './snapshot.ts';

export async function measureOpening(world: World): Promise<Snapshot> {
  const { escrow } = world.buyer.contracts;
  const terms = await opening(world);
  const costs: number[] = [];
  // The first opening writes slots of the deployment that are there from then on.
  for (let open = 0; open <= 200; open += 1) costs.push(Number((await escrow.send.open(terms)).gasUsed));
  return { 'open-1': at(costs, 1), 'open-200-vs-1': at(costs, 200) };
}
