/**
 * Writes test/vectors/ from the reference: `node --import tsx test/support/reference/generate.ts`. What it
 * writes depends on nothing but these files. docs/protocol.md §2, §3
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { packingVectors, quantisationVectors, sharingVectors, treeVectors } from './pieces.ts';
import { playRound } from './round.ts';
import { scenarios } from './scenarios.ts';
import type { RoundVector } from './vector.ts';

/** The content of every generated file, by its name. */
export function generate(): ReadonlyMap<string, string> {
  const pieces = {
    'merkle.json': treeVectors(),
    'shamir.json': sharingVectors(),
    'packing.json': packingVectors(),
    'quantisation.json': quantisationVectors(),
  };
  const rounds = scenarios.map((scenario) => [`round-${scenario.name}.json`, playRound(scenario)] as const);
  return new Map<string, string>([
    ...Object.entries(pieces).map(([name, vectors]) => [name, json(vectors)] as const),
    ...rounds.map(([name, vector]) => [name, json(withInfos(vector))] as const),
  ]);
}

/** The infos are long: rounds of more than three members show the keys made from them only. */
function withInfos(vector: RoundVector): object {
  if (vector.n === 3) return vector;
  const short = (keys: RoundVector['pairKeys']): object[] =>
    keys.map(({ members, key }) => ({ members, key }));
  return {
    ...vector,
    selfKeys: short(vector.selfKeys),
    pairKeys: short(vector.pairKeys),
    channelKeys: short(vector.channelKeys),
  };
}

/** Lists of plain values on one line, all else one field a line. */
function json(value: unknown): string {
  const spread = JSON.stringify(value, null, 1);
  return (
    spread.replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, items: string) => `[${items.replace(/,\s+/g, ', ')}]`) +
    '\n'
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, content] of generate()) {
    writeFileSync(new URL(`../../vectors/${name}`, import.meta.url), content);
  }
}
