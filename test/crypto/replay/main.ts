/** Replays every vector on whatever `#platform` is here, and prints the names of the replays that held. */
import { platform } from '#platform';
import { platform as portable } from '#crypto/platform/portable.ts';

import { pieces } from './pieces.ts';
import { primitives, publishedTree } from './published.ts';
import { rounds } from './rounds.ts';

for (const { name, run } of [...primitives(platform), publishedTree(), ...pieces(), ...rounds()]) {
  run();
  console.log(name);
}
console.log(platform === portable ? 'on the portable platform' : 'on the platform of Node');
