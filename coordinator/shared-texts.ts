/**
 * One copy of texts that many messages have in common: digests of a job's terms and model, a roster's root, accounts. A parser
 * makes each anew, and a coordinator keeps messages for as long as their attempt lasts.
 */

/** `0x` and an address, or a digest; signatures and ciphertexts are nobody else's. */
const LENGTHS = new Set([42, 66]);
/** In each of two generations, some 100 bytes each: what is used again lives on, what was met once goes. */
const MOST = 4_096;

let recent = new Map<string, string>();
let older = new Map<string, string>();

/**
 * Replaces such texts, in place, by equal ones that were met before; what is frozen stays as it is.
 *
 * @param value as JSON has it, of bounded depth, and nobody else's yet
 * @returns the same
 */
export function shareTexts<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !Object.isFrozen(value))
    shareWithin(value as Record<string, unknown>);
  return value;
}

function shareWithin(container: Record<string, unknown>): void {
  for (const key of Object.keys(container)) {
    const part = container[key];
    if (typeof part !== 'string') shareTexts(part);
    else if (LENGTHS.has(part.length)) container[key] = shared(part);
  }
}

function shared(text: string): string {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const kept = older.get(text) ?? text;
  if (recent.size >= MOST) {
    older = recent;
    recent = new Map();
  }
  recent.set(kept, kept);
  return kept;
}
