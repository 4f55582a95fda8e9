/**
 * What a client decided in an attempt: one file a decision, written once, kept for ever. protocol.md §4
 * `verdict` is one file for two messages, so that a confirmation and an abort exclude each other.
 */
import { z } from 'zod';
import {
  attemptId,
  settlementTerms,
  signedAbort,
  signedConfirm,
  signedEnrolment,
} from '#protocol/messages.ts';
import { neighbourhood } from '#protocol/attempt-view.ts';
import { faultSchema } from '#protocol/fault.ts';
import { drawSchema } from '#protocol/manifests.ts';
import {
  signedInput,
  signedReceived,
  signedRefusal,
  signedShares,
  signedUnmasking,
} from '#protocol/messages.ts';
import { address, bytes32, compactSignature, u32 } from '#protocol/units.ts';

export const decisions = {
  /** Sent after the quantised input was journalled. */
  enrolment: signedEnrolment,
  /** U1 as this client accepted it; no other is ever used in the attempt. */
  roster: z.array(signedEnrolment),
  /** Or the part of a sparse U1 that it was shown, and the graph that was drawn for it. */
  neighbourhood: z.strictObject({ shown: neighbourhood, draw: drawSchema }),
  shares: signedShares,
  /** Whose shares it could not open. */
  received: signedReceived,
  verdict: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('confirm'), envelope: signedConfirm }),
    z.strictObject({ kind: z.literal('abort'), envelope: signedAbort }),
  ]),
  /** For which U2 and U3 shares were opened. */
  unmasking: z.strictObject({ sharers: bytes32, survivors: bytes32, envelope: signedUnmasking }),
  /** T aborts of this attempt: they permit another input for its model. */
  aborts: z.array(signedAbort),
  /** The one settlement that this client attested; it refuses every other of the attempt. */
  attestation: z.strictObject({ message: settlementTerms, signature: compactSignature }),
  /** That the attempt failed by a dealer's fault: the proof, to be shown to whoever asks. */
  fault: faultSchema,
  /** The first proposal that it refused, and why. */
  refusal: signedRefusal,
} as const;

export type DecisionName = keyof typeof decisions;
export type Decision<Name extends DecisionName> = z.infer<(typeof decisions)[Name]>;

/** An input that was, or may have been, sent: kept by dataset and model, across jobs, rounds and attempts. */
export const sentInput = z.strictObject({
  chainId: z.int(),
  escrow: address,
  ...attemptId,
  dataset: u32,
  model: bytes32,
  envelope: signedInput,
});
export type SentInput = Readonly<z.infer<typeof sentInput>>;

/** What an attempt cost this client. Times are Unix seconds. */
export const cost = z.strictObject({ bytesUp: z.int().min(0), started: z.int(), lastSent: z.int() });
export type Cost = Readonly<z.infer<typeof cost>>;
