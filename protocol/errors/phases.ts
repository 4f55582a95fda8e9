/** Error codes of the messages of each phase, as the coordinator and the client refuse them. protocol.md §4 */
import type { ErrorEntries } from './entry.ts';

export const phaseErrors: ErrorEntries = {
  'abort/conflict': {
    means: 'The member confirmed this attempt, or aborted it with another message.',
    do: 'Send the journalled message; a member confirms or aborts, never both.',
  },
  'approval/conflict': {
    means: 'The buyer approved another result of the same attempt.',
    do: "Stand by the first approval; ask the coordinator's operator why there are two results.",
  },
  'approval/other-proposal': {
    means: 'An approval is of another settlement than the one proposed.',
    do: 'Read the attempt again, check its proposal, and approve that.',
  },
  'attest/other-proposal': {
    means: 'This client attested another settlement of this attempt.',
    do: "Nothing: it attests once; ask the coordinator's operator why there are two.",
  },
  'attest/too-late': {
    means: 'The time to attest the settlement is over.',
    do: 'Keep the client online; the round may be settled without it.',
  },
  'attestation/conflict': {
    means: 'The seat refused this proposal, or attested another.',
    do: 'Send the journalled message; a seat attests or refuses, never both.',
  },
  'attestation/other-proposal': {
    means: 'An attestation is of another settlement than the one proposed.',
    do: 'Read the attempt again, check its proposal, and attest that.',
  },
  'confirm/conflict': {
    means: 'The member aborted this attempt, or confirmed another set.',
    do: 'Send the journalled message; a member confirms or aborts, never both.',
  },
  'confirm/not-a-survivor': {
    means: 'A member confirmed without an input among the survivors.',
    do: 'Leave its confirmation out.',
  },
  'confirm/other-survivors': {
    means: 'A confirmation is of another set of sharers or survivors than the one shown.',
    do: 'Never confirm twice; if the set that is shown changed, do not go along.',
  },
  'confirm/too-few': {
    means: 'Fewer members confirmed than the threshold.',
    do: 'Open nothing until enough have.',
  },
  'confirm/too-late': {
    means: 'The time to confirm the attempt is over.',
    do: 'Keep the client online; it takes part in the next attempt.',
  },
  'enrol/too-late': {
    means: 'The time to enrol in the attempt is over.',
    do: 'Keep the client online; it enrols in the next attempt.',
  },
  'fault/bad-file': {
    means: 'The file holds no proof of fault.',
    do: "Give the fault.json of the failed attempt from a participant's journal.",
  },
  'fault/none': {
    means: 'Somebody is accused whose shares restore what it published.',
    do: "Nothing: the accusation is void; ask the coordinator's operator why the attempt failed.",
  },
  'fault/off-root': {
    means: 'An accusation shows a share that the accused never committed to.',
    do: "Nothing: the accusation is void; ask the coordinator's operator why the attempt failed.",
  },
  'fault/other-dealer': {
    means: 'An accusation mixes the shares of one member with the enrolment of another.',
    do: "Nothing: the accusation is void; ask the coordinator's operator why the attempt failed.",
  },
  'fault/share-count': {
    means: 'An accusation does not show exactly as many shares as restore a secret.',
    do: "Nothing: the accusation is void; ask the coordinator's operator why the attempt failed.",
  },
  'input/conflict': {
    means: 'The coordinator holds another input of this member, which stays.',
    do: 'Send the journalled input, and run one client a dataset.',
  },
  'input/not-a-sharer': {
    means: 'An input is of a member that never shared its secrets.',
    do: 'Wait for the next attempt, and share in time.',
  },
  'input/other-sharers': {
    means: 'An input was masked for another set of sharers.',
    do: 'Read the attempt again; an input is masked for one set only.',
  },
  'input/root-mismatch': {
    means: 'An uploaded vector is not the one that the member signed.',
    do: 'Send the journalled vector again: it may have been damaged on the way.',
  },
  'received/conflict': {
    means: 'The coordinator holds another word of this member on the shares that it was dealt, which stays.',
    do: 'Send the journalled message, and run one client a dataset.',
  },
  'received/not-dealers': {
    means: 'A member complains of one who never dealt to it.',
    do: 'Name those alone whose shares this client was to get.',
  },
  'received/other-sharers': {
    means: 'A member speaks of other dealers than there are.',
    do: 'Read the attempt again, and answer for the dealers that it shows.',
  },
  'refusal/conflict': {
    means: 'The seat attested to this proposal, or refused another.',
    do: 'Send the journalled message; a seat attests or refuses, never both.',
  },
  'refusal/other-proposal': {
    means: 'A refusal is of another proposal than the one shown.',
    do: 'Read the attempt again, and answer its proposal.',
  },
  'shares/ciphertexts': {
    means: 'There is not one ciphertext of the right size for each other member.',
    do: 'Send one for each member of the roster, and an empty one for the sender.',
  },
  'shares/conflict': {
    means: 'The coordinator holds other shares of this member, which stay.',
    do: 'Send the journalled shares, and run one client a dataset.',
  },
  'shares/root-mismatch': {
    means: 'The ciphertexts are not those that the member signed.',
    do: 'Send the journalled shares again: they may have been damaged on the way.',
  },
  'unmask/aborted': {
    means: 'The members of this attempt gave it up, so nothing of it is opened.',
    do: 'Nothing: the client takes part in the next attempt.',
  },
  'unmask/already-revealed': {
    means: 'This client opened shares for other survivors, and never does so twice.',
    do: "Don't go along; ask the coordinator's operator why the survivors changed.",
  },
  'unmask/nothing-held': {
    means: 'No sharer gave this client a share that opens.',
    do: 'Nothing: the others unmask the round; if this recurs, check the client against its peers.',
  },
  'unmasking/conflict': {
    means: 'The coordinator holds other shares opened by this member, which stay.',
    do: 'Send the journalled message, and run one client a dataset.',
  },
  'unmasking/not-a-sharer': {
    means: 'A share was opened of a member that never shared.',
    do: 'Open shares of sharers only.',
  },
  'unmasking/off-root': {
    means: 'An opened share is not the one that its dealer committed to.',
    do: 'Withhold that share and send the others.',
  },
  'unmasking/order': {
    means: 'Opened shares are out of order or repeated.',
    do: 'List them in ascending order of member, each once.',
  },
  'unmasking/other-shares': {
    means: 'The opened shares are not those that the member signed.',
    do: 'Send the journalled message again: it may have been damaged on the way.',
  },
  'unmasking/other-survivors': {
    means: 'Shares were opened for other survivors than were confirmed.',
    do: 'Read the attempt again; if the survivors changed, do not go along.',
  },
  'unmasking/wrong-kind': {
    means: 'The wrong secret was opened of a member.',
    do: 'Open the seed of survivors and the mask key of dropouts.',
  },
};
