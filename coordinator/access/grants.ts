/** What the coordinator itself writes into the tokens of a sign-in or of an API key. docs/api.md */
import { encodeCaveat, type Caveat } from '#protocol/access/caveats.ts';
import type { Seconds } from '#protocol/units.ts';
import type { Grant } from '../store/access-rows.ts';

/** The caveats that a token is born with. Whoever has it can add more, and take none away. */
export function mintedCaveats({ scopes, caveats }: Grant, expiresAt: Seconds): string[] {
  const born: Caveat[] = [
    { kind: 'scope', scopes: [...scopes] },
    { kind: 'expires', at: expiresAt },
    ...caveats,
  ];
  return born.map(encodeCaveat);
}
