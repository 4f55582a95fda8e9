/** What goes to a thread that recovers signers, and what comes back, in the same order. */
import type { PlainSignature } from '#protocol/recovered.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';

export type Asked = Readonly<{ digest: Bytes32; signature: PlainSignature }>;
/** Null: nobody signed it. */
export type Told = Readonly<{ signer: Address | null }>;
