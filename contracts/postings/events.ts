/** What a party's watch over posted rounds says, for programs and for people. protocol.md §5.6 */
import type { Flaw } from '#protocol/flaw.ts';
import type { Address, Bytes32 } from '#protocol/units.ts';

type Of = Readonly<{ round: number; head: Bytes32 }>;

export type PostingEvent =
  /** Held against chain, lineage and, unless `partly`, evidence, and right. Not said of what the party agreed to before. */
  | (Of & Readonly<{ kind: 'checked'; partly: boolean }>)
  | (Of & Readonly<{ kind: 'false'; flaw: Flaw }>)
  /** The window is nearly over and the round could not be checked. */
  | (Of & Readonly<{ kind: 'not-checked'; flaw: Flaw }>)
  | (Of & Readonly<{ kind: 'challenged'; own: boolean; challenger: Address }>)
  /** False, and no challenge could be sent: what to do is in the detail. */
  | (Of & Readonly<{ kind: 'not-challenged'; flaw: Flaw }>)
  | (Of & Readonly<{ kind: 'concluded'; outcome: 'stood' | 'void' | 'moot' }>)
  /** Base units. */
  | Readonly<{ kind: 'bond-returned'; amount: bigint }>;

/** Whether somebody should look at it. */
export const isAlarm = ({ kind }: PostingEvent): boolean =>
  kind === 'false' || kind === 'not-checked' || kind === 'not-challenged';

export function postingText(event: PostingEvent): string {
  switch (event.kind) {
    case 'checked':
      return event.partly
        ? `round ${event.round}: posted as chain and lineage say; its evidence is not for this party`
        : `round ${event.round}: posted as its evidence says`;
    case 'false':
      return `round ${event.round} is posted FALSELY: ${event.flaw.detail} (${event.flaw.code})`;
    case 'not-checked':
      return `round ${event.round} is NOT CHECKED and soon final: ${event.flaw.detail} (${event.flaw.code})`;
    case 'challenged':
      return event.own
        ? `round ${event.round}: challenged`
        : `round ${event.round}: challenged by ${event.challenger} already`;
    case 'not-challenged':
      return `round ${event.round} is NOT CHALLENGED: ${event.flaw.detail} (${event.flaw.code})`;
    case 'concluded':
      return `round ${event.round}: the dispute is over, ${outcomes[event.outcome]}`;
    case 'bond-returned':
      return `${event.amount} base units came back from disputes`;
    default:
      return event satisfies never;
  }
}

const outcomes = {
  stood: 'the round stands',
  void: 'the round is void',
  moot: 'it fell with an earlier round',
};
