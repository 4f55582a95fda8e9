/** Error codes of an attempt: who may speak, who is in its sets, and when it may be tried again. protocol.md §4 */
import type { ErrorEntries } from './entry.ts';

export const roundErrors: ErrorEntries = {
  'attempt/ended': {
    means: 'The reason in an abort: the attempt ended without a sum.',
    do: 'Nothing: with enough aborts a new attempt masks the same input.',
  },
  'attempt/unknown': {
    means: 'The job has no such round or attempt yet.',
    do: "Read the job's present round and attempt, then ask again.",
  },
  'attempt/wrong-phase': {
    means: 'The attempt is in another phase than the request is for.',
    do: 'Read the attempt again and act on its phase.',
  },
  'enrolment/conflict': {
    means: 'The coordinator holds another enrolment of this seat, which stays.',
    do: 'Send the journalled enrolment, and run one client a dataset.',
  },
  'enrolment/deadline': {
    means: 'An enrolment names a deadline that the attempt never had.',
    do: 'Enrol with a deadline from the attempt as the coordinator shows it.',
  },
  'enrolment/duplicate-key': {
    means: 'An enrolment repeats a key, its own or of another member.',
    do: 'Make two new keys for each attempt.',
  },
  'enrolment/duplicate-operator': {
    means: 'The operator key enrolled another seat in the attempt.',
    do: 'Give each dataset an operator key of its own.',
  },
  'enrolment/duplicate-owner': {
    means: "The dataset's owner has another dataset in the roster.",
    do: 'Take part with one dataset a round.',
  },
  'enrolment/no-units': {
    means: 'The seat has been paid for all the rounds it was bought for.',
    do: 'Nothing: the seat has done its part of the job.',
  },
  'enrolment/other-terms': {
    means: 'An enrolment is for another model, recipe, terms or parameters.',
    do: 'Read the attempt again; enrol only in what chain and lineage say.',
  },
  'enrolment/unknown-seat': {
    means: 'An enrolment names a seat that the job has not.',
    do: "Take the seat from the job's seats on chain.",
  },
  'enrolment/wrong-operator': {
    means: "An enrolment is not of the seat's operator.",
    do: 'Use the operator key that the seat was sold for.',
  },
  'message/bad-signature': {
    means: 'A message is not signed by the key it speaks for.',
    do: 'Sign it with the key that the chain names, on the right chain and escrow.',
  },
  'message/duplicate': {
    means: 'A list of messages is out of order or names a member twice.',
    do: 'List members in ascending order, each once.',
  },
  'message/not-a-member': {
    means: 'A message names a member that the roster has not.',
    do: 'Use an index in the roster.',
  },
  'message/other-attempt': {
    means: 'A message is for another job, round or attempt.',
    do: 'Sign a message for this attempt.',
  },
  'message/other-roster': {
    means: 'A message speaks of another roster.',
    do: 'Read the roster again; if it changed, do not go along.',
  },
  'message/unknown-seat': {
    means: 'A message names a seat that the job has not.',
    do: "Take the seat from the job's seats on chain.",
  },
  'retry/already-revealed': {
    means: 'The client opened shares of an earlier attempt whose input it would mask again.',
    do: 'Nothing: the client sits this attempt out, for that sum may be known.',
  },
  'retry/no-aborts': {
    means: 'An input for this model was sent in an attempt that its members have not aborted.',
    do: 'Nothing: the client goes on when enough aborts are shown.',
  },
  'retry/other-input': {
    means: 'An input for this model was sent and is not kept, and another may not follow it.',
    do: 'Nothing: the client takes part again with the next model.',
  },
  'retry/too-few-aborts': {
    means: 'Fewer members aborted the earlier attempt than the threshold.',
    do: 'Nothing: the client goes on when more of them have.',
  },
  'roster/below-minimum': {
    means: 'The roster is smaller than the terms promise.',
    do: 'Nothing: the client waits for an attempt with more members.',
  },
  'roster/changed': {
    means: 'The coordinator shows another roster than the one that was accepted.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'roster/duplicate-key': { means: 'A key stands twice in a roster.', do: 'Reject the roster.' },
  'roster/duplicate-operator': { means: 'An operator stands twice in a roster.', do: 'Reject the roster.' },
  'roster/duplicate-owner': { means: 'An owner stands twice in a roster.', do: 'Reject the roster.' },
  'roster/left-out': {
    means: 'This client enrolled, and is not in the roster.',
    do: 'Nothing: it takes part in the next attempt; enrol earlier if this recurs.',
  },
  'roster/not-a-member': { means: 'An index is outside the roster.', do: 'Use an index in the roster.' },
  'roster/not-a-sharer': {
    means: 'A member is not among the sharers.',
    do: "Don't upload an input, and reject survivors who never shared.",
  },
  'roster/not-enrolled': {
    means: 'This client did not enrol in the attempt.',
    do: 'Nothing: it takes part in the next attempt.',
  },
  'roster/order': { means: 'Seats in a roster are out of order or repeated.', do: 'Reject the roster.' },
  'roster/other-root': {
    means: "The linked roster is not the one of the manifest's root.",
    do: 'Do not trust the round: its coordinator published another roster.',
  },
  'roster/own-keys': {
    means: 'The roster holds another enrolment of this seat than the client sent.',
    do: 'Check that nobody else has the operator key.',
  },
  'roster/too-large': {
    means: 'The roster has more members than a round can have.',
    do: 'Reject the roster.',
  },
  'roster/too-small': {
    means: 'A roster has fewer than 3 members.',
    do: 'Wait for an attempt with more members.',
  },
  'sharers/changed': {
    means: 'The coordinator shows other sharers than this client masked for.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'sharers/dropped': {
    means: 'A member that dealt when this client looked is gone, and no complaints are shown.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'sharers/excluded-unproven': {
    means: 'A dealer is left out, and too few of its holders complain of it.',
    do: "Don't go along; ask the coordinator's operator why.",
  },
  'sharers/left-out': {
    means:
      'This client is not among the sharers: it shared too late, or too many could not open what it dealt.',
    do: 'Nothing: it takes part in the next attempt.',
  },
  'sharers/own-shares': {
    means: 'The coordinator shows other shares of this client than it sent.',
    do: 'Check that nobody else has the operator key.',
  },
  'sharers/too-few': { means: 'Fewer members shared than the threshold.', do: 'Wait for another attempt.' },
  'survivors/left-out': {
    means: 'This client is not among the survivors.',
    do: 'Nothing: it takes part in the next round or attempt.',
  },
  'survivors/not-sharers': {
    means: 'A survivor never shared its secrets.',
    do: 'Reject the set of survivors.',
  },
  'survivors/own-input': {
    means: 'The coordinator shows another input of this client than it sent.',
    do: 'Check that nobody else has the operator key.',
  },
  'survivors/too-few': { means: 'Fewer inputs came than the threshold.', do: 'Wait for another attempt.' },
};
