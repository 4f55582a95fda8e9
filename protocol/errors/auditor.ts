/** Error codes of the audit's findings: links, lineage, cohorts, access, weights and payouts. protocol.md §6 */
import type { ErrorEntries } from './entry.ts';

export const auditorErrors: ErrorEntries = {
  'cohort/below-threshold': {
    means: 'Fewer members survived than the threshold.',
    do: 'Do not trust the round: no honest members open such a sum.',
  },
  'cohort/no-such-seat': {
    means: 'A member of the round has a seat that the job has not.',
    do: 'Do not trust the round.',
  },
  'cohort/not-members': { means: 'A sharer is not in the roster.', do: 'Do not trust the round.' },
  'cohort/not-sharers': { means: 'A survivor never shared its secrets.', do: 'Do not trust the round.' },
  'cohort/too-small': {
    means: 'Fewer members enrolled than the terms promise.',
    do: 'Do not trust the round.',
  },
  'lineage/bad-block': {
    means: 'A block of the lineage is not what its place demands.',
    do: 'Do not trust what links it.',
  },
  'lineage/broken-link': {
    means: 'A manifest does not continue the one before, or is not what the chain settled.',
    do: 'Do not go on from it; dispute the round.',
  },
  'lineage/differs-from-chain': {
    means: 'The copy of the lineage has other manifests than the chain.',
    do: 'Get the lineage again, by the digest on chain.',
  },
  'lineage/empty': { means: 'The job has no settled round yet.', do: 'Wait for one.' },
  'lineage/initial-model': {
    means: 'The initial model is not the one that the seed gives.',
    do: 'Do not trust the job: somebody chose its initial weights.',
  },
  'lineage/optimiser-before': {
    means: "The server's optimiser does not go on from what it kept of the round before.",
    do: 'Do not trust the round.',
  },
  'lineage/model-before': {
    means: 'A round starts from another model than the one before ended with.',
    do: 'Do not trust the round.',
  },
  'lineage/other-attempt': {
    means: 'A manifest and the chain name different chains, jobs, rounds or attempts.',
    do: 'Do not trust the round.',
  },
  'lineage/previous': { means: 'A manifest does not link the round before.', do: 'Do not trust the round.' },
  'lineage/previous-transaction': {
    means: 'A manifest names another transaction than settled the round before.',
    do: 'Do not trust the round.',
  },
  'lineage/round-order': {
    means: 'The manifests of a copy are not numbered from 1 without gaps.',
    do: 'Get the lineage again, by the digest on chain.',
  },
  'link/altered': { means: 'A block has other bytes than its link names.', do: 'Get the copy again.' },
  'link/malformed': {
    means: 'A block is whole and no readable DAG-CBOR.',
    do: 'Do not trust what links it.',
  },
  'link/missing': { means: 'The copy lacks a block.', do: 'Get a whole copy.' },
  'link/too-many': {
    means: 'More blocks hang on the terms or on a manifest than either can need.',
    do: 'Do not trust what links them.',
  },
  'payouts/claims-missing': {
    means: 'The escrow has paid a seat otherwise than its events say.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'payouts/differ': {
    means: 'The proposed payouts are not those that the rounds earned.',
    do: 'Do not sign the round.',
  },
  'payouts/linked-root': {
    means: 'The linked payouts name another root than their leaves give.',
    do: "Do not trust the linked payouts; the chain's root counts.",
  },
  'payouts/linked-total': {
    means: 'The linked payouts name another total than their leaves give.',
    do: "Do not trust the linked payouts; the chain's total counts.",
  },
  'payouts/other-amount': {
    means: 'A claim was paid another amount than its units and bonus are worth.',
    do: 'Report it to the participants: the escrow paid wrongly.',
  },
  'payouts/other-leaf': {
    means: 'A linked leaf is not what its seat earned.',
    do: 'Dispute the round if it is not final yet.',
  },
  'payouts/other-participants': {
    means: 'The bitmap of participants is not that of the survivors.',
    do: 'Do not sign the round, or dispute it if it is not final yet.',
  },
  'payouts/other-root': {
    means: 'The payout root on chain is not that of what was earned.',
    do: 'Dispute the round if it is not final yet.',
  },
  'payouts/other-total': {
    means: 'The total on chain is not that of what was earned.',
    do: 'Dispute the round if it is not final yet.',
  },
  'payouts/not-balanced': {
    means: "What was claimed, given back, paid as fees and is left is not what the job's buyer deposited.",
    do: 'Ask another chain node: this one leaves something out, or the escrow pays wrongly.',
  },
  'payouts/over-claimed': {
    means: 'A seat was paid more than its leaf has.',
    do: 'Report it to the participants: the escrow paid wrongly.',
  },
  'units/no-offer': {
    means: "A seat's access token was never offered.",
    do: 'Do not trust this chain node; audit by another.',
  },
  'units/not-bought': {
    means: 'A seat has other units than were taken from the buyer.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'units/other-dataset': {
    means: "A seat's access token is of another dataset.",
    do: 'Do not trust this chain node; audit by another.',
  },
  'units/other-price': {
    means: 'A seat pays another price than its units were sold at.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'weights/other-bucket': {
    means: 'The terms weigh a dataset otherwise than its descriptor says.',
    do: 'Do not trust the job: its owners should not have taken part.',
  },
  'weights/sum': {
    means: "The aggregate divides by another sum than that of the survivors' weights.",
    do: 'Do not trust the model of the round.',
  },
  'weights/survivors': {
    means: 'The aggregate is of another number of inputs than survived.',
    do: 'Do not trust the model of the round.',
  },
};
