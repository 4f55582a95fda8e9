/** How often a property runs: a few times in `npm test`, many in `npm run test:slow`, where slow.ts says a thousand. */
import fc from 'fast-check';

const isSlow = fc.readConfigureGlobal().numRuns !== undefined;

export const runs = (quick: number, slow: number): number => (isSlow ? slow : quick);

/** Milliseconds that a test may take: as much longer where it runs more often. */
export const patience = (quick: number): number => runs(quick, 600_000);
