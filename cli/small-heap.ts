/** Memory of a process that serves many at once: what each request leaves is collected before it is as much again as what stays. */
import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets a heap grow to about two and a half times what it found in use, where there is memory. A coordinator under load had 70 MB
 * of that and 190 MB of heap; with this some 120 MB, for a twentieth of its throughput. docs/decisions/0034
 */
const GROWTH_PERCENT = 60;

/** For a process's own first lines: it holds for all of its threads. */
export const keepHeapSmall = (): void => setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
