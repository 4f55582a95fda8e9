/** Stands in for crypto/quantise.ts in a client (hook.mjs): keeps each update in the owner's own home, then quantises it. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AggregationParameters } from '#crypto/parameters.ts';
import { quantise as original } from '#crypto/quantise.ts';

export * from '#crypto/quantise.ts';

export function quantise(
  update: Float32Array | Float64Array,
  weight: number,
  parameters: AggregationParameters,
): Uint32Array {
  const folder = join(process.env['TRIBUTARY_HOME'] ?? '', 'updates');
  mkdirSync(folder, { recursive: true });
  const bytes = new Uint8Array(Float64Array.from(update).buffer);
  const record = { weight, parameters, update: Buffer.from(bytes).toString('base64') };
  writeFileSync(join(folder, `${readdirSync(folder).length + 1}.json`), JSON.stringify(record));
  return original(update, weight, parameters);
}
