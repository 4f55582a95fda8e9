/** What goes to a thread that recovers signers, and what comes back, in the same order. */
import type { Signed } from '#protocol/messages.ts';
import type { Domain, PrimaryType } from '#protocol/typed-data.ts';
import type { Address } from '#protocol/units.ts';

export type Asked = Readonly<{ domain: Domain; type: PrimaryType; envelope: Signed<object> }>;
/** Null: nobody signed it. */
export type Told = Readonly<{ signer: Address | null }>;
