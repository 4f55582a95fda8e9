/** A proof that a dealer's committed shares restore something else than it published. protocol.md §4.10 */
import { z } from 'zod';
import { drawSchema } from './manifests.ts';
import { signedEnrolment, signedShares } from './messages.ts';
import { bytes32, hex, u32 } from './units.ts';

const path = z.array(bytes32).max(10);

/** The roster as far as the proof needs it: how many members there are, and who the dealer is among them. */
const roster = z.discriminatedUnion('graph', [
  z.strictObject({
    graph: z.literal('complete'),
    /** The EIP-712 digests of all enrolments, in seat order: of them the root is made. */
    enrolments: z.array(bytes32).min(3).max(100),
  }),
  z.strictObject({
    graph: z.literal('sparse'),
    /** Bitmap over the job's seats, and the root of the enrolments' tree, as in a neighbourhood. */
    seats: hex,
    tree: bytes32,
    /** From the dealer's enrolment to that root. */
    path,
    draw: drawSchema,
  }),
]);

export const faultSchema = z.strictObject({
  roster,
  /** The dealer's keys, and what it published of its shares: its own signatures. */
  enrolment: signedEnrolment,
  shares: signedShares,
  /** Which of the dealer's two secrets was opened. Nothing here tells anything of the other. */
  kind: z.enum(['seed', 'mask']),
  /** t shares by ascending holder, each with the way to the dealer's share root. */
  opened: z.array(z.strictObject({ holder: u32, y: hex, other: bytes32, path })).max(1024),
});

export type Fault = Readonly<z.infer<typeof faultSchema>>;
