/** What texts take in memory, apart and shared: printed for test/coordinator/shared-texts.test.ts. */
import { shareTexts } from '#coordinator/shared-texts.ts';

const COUNT = 100_000;

/** Bytes that stay in use. */
function taken(make: () => unknown): number {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const made = make();
  globalThis.gc?.();
  const bytes = process.memoryUsage().heapUsed - before;
  // Held until it was measured.
  return made === null ? Number.NaN : bytes;
}

const parsed = (text: string): { text: string } => JSON.parse(`{"text":"${text}"}`) as { text: string };
const same = `0x${'ab'.repeat(32)}`;
const each = <T>(make: (index: number) => T): T[] => Array.from({ length: COUNT }, (_, index) => make(index));

const apart = taken(() => each(() => parsed(same)));
const shared = taken(() => each(() => shareTexts(parsed(same))));
const once = taken(() => {
  for (let index = 0; index < COUNT; index++) shareTexts(parsed(`0x${String(index).padStart(64, '0')}`));
  return [];
});
console.log(JSON.stringify({ apart, shared, once }));
