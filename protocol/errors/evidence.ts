/** Error codes of a round's evidence, and of recomputing the round from it. protocol.md §4.7, §6.4 */
import type { ErrorEntries } from './entry.ts';

export const evidenceErrors: ErrorEntries = {
  'aggregate/differs': {
    means: 'The aggregate is not the sum of the signed inputs.',
    do: 'Do not sign the round, or dispute it: its model is not what the owners sent.',
  },
  'aggregate/length': {
    means: 'The linked sum has not one integer a weight.',
    do: 'Do not sign the round: its aggregate is of another model.',
  },
  'evidence/altered': {
    means: 'The coordinator gave other blocks or bytes than the evidence has.',
    do: "Ask again; if it recurs, tell the coordinator's operator that its disk or line is damaged.",
  },
  'evidence/damaged': {
    means: "A block of the evidence is damaged on the coordinator's disk.",
    do: "Restore the coordinator's folder.",
  },
  'evidence/expired': {
    means: "The time for which the job's terms keep evidence is over: the coordinator deleted it.",
    do: 'Ask the buyer or a participant for its CAR file.',
  },
  'evidence/false-secret': {
    means: 'A restored secret is not the one that the member committed to.',
    do: 'Do not trust this evidence.',
  },
  'evidence/forbidden': {
    means: 'The evidence was asked for by someone who may not have it, or without a valid request.',
    do: 'Sign a request for this attempt as one of its members, as the buyer, or as a reader that the terms name.',
  },
  'evidence/no-folder': {
    means: 'The folder with the evidence can not be read.',
    do: 'Give the folder that holds the CAR files.',
  },
  'evidence/not-given': {
    means: 'No evidence of this round was given to the audit.',
    do: 'Ask the buyer or a participant for its CAR file.',
  },
  'evidence/other-input': {
    means: 'A vector in the evidence is not the one that its member signed.',
    do: 'Do not trust this evidence.',
  },
  'evidence/other-root': {
    means: 'The evidence given for a round is not the one that its manifest names.',
    do: 'Ask the buyer or a participant for the right CAR file.',
  },
  'evidence/other-roster': {
    means: 'The evidence is of another roster than this client accepted.',
    do: "Nothing: the client refuses the settlement; ask the coordinator's operator why.",
  },
  'evidence/other-round': {
    means: 'Evidence and manifest speak of different attempts, rosters or members.',
    do: 'Do not trust the round: its manifest is not backed by the evidence.',
  },
  'evidence/other-survivors': {
    means: 'The evidence holds other inputs than the members confirmed.',
    do: "Nothing: the client refuses the settlement; ask the coordinator's operator why.",
  },
  'evidence/secrets-missing': {
    means: 'The evidence has not exactly one secret for each sharer.',
    do: 'Do not trust this evidence.',
  },
  'evidence/too-big': {
    means: 'The evidence is larger than this job can need.',
    do: 'Do not approve the round.',
  },
  'evidence/unknown-block': {
    means: 'The coordinator has no evidence of this attempt: not yet, or not any more.',
    do: "Ask once the round is proposed, and before the time for which the job's terms keep it is over.",
  },
  'evidence/unreachable': {
    means: 'The coordinator gave no evidence, or broke off.',
    do: "Nothing: the client asks again; if it lasts, ask the coordinator's operator.",
  },
  'evidence/wrong-secret': {
    means: 'The evidence opens the seed of a dropout or the mask key of a survivor.',
    do: 'Do not trust this evidence.',
  },
  'manifest/differs': {
    means: 'The proposed manifest is not what the evidence gives.',
    do: 'Do not sign the round.',
  },
};
