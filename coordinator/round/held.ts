/** What an attempt already holds in a message's slot: how a repeat gets its answer again in any phase. protocol.md §4.1 */
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import type { MessageEvent, Attempt } from './attempt.ts';
import { idOf } from './base.ts';
import { byMember, sameContent } from './slots.ts';

export type Slot = 'free' | 'same' | 'other';

type FromMember = Readonly<{ message: Readonly<{ member: number }> }>;

/** Whether the slot is free, holds the same content, or holds other content. */
export function slotOf(state: Attempt, event: MessageEvent): Slot {
  switch (event.type) {
    case 'enrolment': {
      const { message } = event.envelope;
      const held =
        'enrolments' in state ? state.enrolments.find((entry) => entry.message.seat === message.seat) : null;
      return compared(held?.message, message);
    }
    case 'shares':
      return ofMember('shares' in state ? state.shares : [], event.upload);
    case 'received':
      return ofMember('receipts' in state ? state.receipts : [], event.envelope);
    case 'input':
      return ofMember('inputs' in state ? state.inputs : [], event.envelope);
    case 'confirm':
      return ofMember('confirmations' in state ? state.confirmations : [], event.envelope);
    case 'abort':
      return ofMember('aborts' in state ? state.aborts : [], event.envelope);
    case 'unmasking':
      return ofMember('unmaskings' in state ? state.unmaskings : [], event.upload);
    case 'attestation':
      return attested(state, event.upload.seat) ? settlementSlot(state, event.upload.message) : 'free';
    case 'approval':
      return approved(state) ? settlementSlot(state, event.upload.message) : 'free';
    case 'refusal': {
      const { message } = event.envelope;
      const held =
        'refusals' in state ? state.refusals.find((entry) => entry.message.seat === message.seat) : null;
      return compared(held?.message, message);
    }
    default:
      return event satisfies never;
  }
}

function ofMember(list: readonly FromMember[], { message }: FromMember): Slot {
  return compared(list.find((entry) => byMember(entry) === message.member)?.message, message);
}

function compared(held: object | undefined, message: object): Slot {
  if (!held) return 'free';
  return sameContent(held, message) ? 'same' : 'other';
}

function attested(state: Attempt, seat: number): boolean {
  return attestationsOf(state).some((entry) => entry.seat === seat);
}

function attestationsOf(state: Attempt) {
  if ('attestations' in state) return state.attestations;
  return 'quorum' in state ? (state.quorum?.attestations ?? []) : [];
}

const approved = (state: Attempt): boolean =>
  ('approval' in state && state.approval !== null) || ('quorum' in state && state.quorum !== null);

/** All who attest and approve sign the same terms, so the proposal says what the slot holds. */
const settlementSlot = (state: Attempt, message: object): Slot =>
  'proposal' in state ? compared(settlementTermsOf(idOf(state), state.proposal), message) : 'free';
