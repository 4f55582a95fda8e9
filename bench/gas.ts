/** `npm run bench -- gas [--update]`: what the money's transactions cost, from receipts. protocol.md §5 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startWorld } from '#test/contracts/world.ts';
import { measureLife } from './gas/life.ts';
import { measureOpening } from './gas/opening.ts';
import { measureSettlements } from './gas/settlements.ts';
import { differences, type Snapshot } from './gas/snapshot.ts';
import type { Bench, Row } from './row.ts';

const file = new URL('./gas/snapshot.json', import.meta.url);

/** The most that each may cost; what has no bar here is printed beside. */
const bars: Readonly<Record<string, number>> = {
  'settle-1000': 75_000,
  attestation: 9_000,
  'claim-returning': 75_000,
  'claim-first': 110_000,
  seat: 40_000,
};

/** As a multiple of another measure of the same run. */
const ratios: Readonly<Record<string, Readonly<{ of: string; bar: number }>>> = {
  'open-200-vs-1': { of: 'open-1', bar: 1.01 },
  'job-life': { of: 'job-life-pushed', bar: 1 },
};

/** Gas by measure: of a fresh deployment on a local chain, one transaction each, every slot cold. */
async function measure(): Promise<Snapshot> {
  const world = await startWorld();
  try {
    const measured: Snapshot = {};
    for (const part of [measureSettlements, measureOpening, measureLife]) {
      await world.reset();
      Object.assign(measured, await part(world));
    }
    return measured;
  } finally {
    await world.stop();
  }
}

function rowOf(measured: Snapshot, [row, ours]: readonly [string, number]): Row {
  const against = ratios[row];
  if (against)
    return { row, ours, unit: 'gas', ratio: ours / (measured[against.of] ?? NaN), bar: against.bar };
  const bar = bars[row];
  return bar === undefined
    ? { row, ours, unit: 'gas' }
    : { row, ours, unit: 'gas', ratio: ours / bar, bar: 1 };
}

export const gas: Bench = {
  summary:
    'what settling, claiming, adding seats and a whole job cost, against their bars and the committed snapshot',
  usage: '[--update]   writes the snapshot anew; without it a difference from the snapshot is an error',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { update: { type: 'boolean' } } });
    const measured = await measure();
    if (values.update === true) writeFileSync(file, `${JSON.stringify(measured, null, 2)}\n`);
    const found = differences(JSON.parse(readFileSync(file, 'utf8')) as Snapshot, measured);
    for (const line of found) console.error(line);
    const rows = Object.entries(measured).map((entry) => rowOf(measured, entry));
    return [
      ...rows,
      { row: 'off-snapshot', ours: found.length, unit: 'measures', ratio: found.length, bar: 0 },
    ];
  },
};
