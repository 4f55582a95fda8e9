/** Memory of a process that serves many at once: what requests leave is collected before it is as much again as what stays. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets a heap grow to some two and a half times what it found in use, where there is memory. A coordinator under load holds some 100 MB of
 * members' messages, and had 60 MB more without this, for some 7 % of its uploads. docs/decisions/0034
 */
const GROWTH_PERCENT = 45;

/** For a process's own first lines: it holds for all of its threads. */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
