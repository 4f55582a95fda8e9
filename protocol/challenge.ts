/** What a challenger says of a posted round: the block whose digest opens its dispute. protocol.md §5.6, §6.1 */
import { z } from 'zod';
import { address, bytes32, jobNumber, u32 } from './units.ts';

/** Characters; a flaw's own text is shorter. */
const longestDetail = 2_000;
const mostBlocks = 16;

/**
 * Its blocks are text and no links: whoever pins the challenge must not have to find what it calls missing, and a
 * round's evidence is not public.
 */
export const challengeSchema = z.strictObject({
  kind: z.literal('tributary/challenge'),
  version: z.literal(1),
  chainId: z.int().min(1),
  escrow: address,
  job: jobNumber,
  round: u32.min(1),
  attempt: u32.min(1),
  /** Of the posting that is challenged. */
  head: bytes32,
  /** What is wrong, by its code in docs/errors.md. */
  code: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  detail: z.string().max(longestDetail),
  /** CIDs of the blocks that show it: the manifest, and where it names them evidence and payouts. */
  blocks: z.array(z.string()).max(mostBlocks),
});

export type Challenge = Readonly<z.infer<typeof challengeSchema>>;

/** Without kind and version, and with a detail of any length. */
export const challengeOf = (of: Omit<Challenge, 'kind' | 'version'>): Challenge => ({
  kind: 'tributary/challenge',
  version: 1,
  ...of,
  detail: of.detail.slice(0, longestDetail),
});
