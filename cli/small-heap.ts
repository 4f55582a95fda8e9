/** Memory of a process that serves many at once: what requests leave is collected before it is as much again as what stays. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets a heap grow to some two and a half times what it found in use, where there is memory. A coordinator under load (30 jobs, 200
 * clients) had 460 MB in all, and 392 with a growth of 60, for some 7 % of its uploads; with 90 jobs 407 with 60, and 395 with 50; with
 * 115 jobs some 405 with 45, and some 380 with 30 for a fifth of its uploads. docs/decisions/0034
 */
const GROWTH_PERCENT = 40;

/** For a process's own first lines: it holds for all of its threads. */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
