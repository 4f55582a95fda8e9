/** The committed gas figures, so that a change of them shows in a diff. */

/** Gas by measure. */
export type Snapshot = Record<string, number>;

/** Addresses, times and signatures differ from run to run, and a zero byte of calldata is cheaper than another. */
const TOLERANCE = 0.004;

/** @returns a line for each measure that moved, came or went */
export function differences(committed: Snapshot, measured: Snapshot): string[] {
  const names = new Set([...Object.keys(committed), ...Object.keys(measured)]);
  return [...names].flatMap((name) => {
    const [before, now] = [committed[name], measured[name]];
    if (before === undefined || now === undefined) {
      return [`${name}: ${before ?? 'not'} in the snapshot, ${now ?? 'not'} measured`];
    }
    const moved = Math.abs(now - before) / before;
    return moved <= TOLERANCE ? [] : [`${name}: ${before} in the snapshot, ${now} measured`];
  });
}
