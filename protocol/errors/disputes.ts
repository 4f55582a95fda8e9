/** Error codes of disputes and of the arbiter. protocol.md §5.6 */
import type { ErrorEntries } from './entry.ts';

export const disputeErrors: ErrorEntries = {
  'arbiter/running': {
    means: 'An arbiter runs in this home already.',
    do: 'Stop the process that the message names, or leave it to that one.',
  },
  'arbiter/undecided': {
    means: 'Nothing follows from what can be recomputed now.',
    do: 'Try again later, or judge by hand with --stands or --void.',
  },
  'dispute/bad-evidence': {
    means:
      'What was named as evidence is neither the CID of a dag-cbor block nor a CAR file with such a root.',
    do: 'Name the one or the other.',
  },
  'dispute/is-false': {
    means: 'The round that was to be defended is false: whoever defends it loses the bond.',
    do: 'Let it be voided and post the true round again; --force defends it all the same.',
  },
  'dispute/no-bond': {
    means: 'The account has less of the payment token than the bond is.',
    do: 'Fund the account, or choose another by --key.',
  },
  'dispute/no-such-round': {
    means: 'The job has no such posted round.',
    do: 'See its posted rounds: tributary lineage show.',
  },
  'dispute/not-false': {
    means: 'The round that was to be challenged is true: whoever challenges it loses the bond.',
    do: 'Leave it; --force challenges it all the same.',
  },
  'dispute/not-recomputed': {
    means: 'The round could not be recomputed, so nobody knows whether it is true.',
    do: 'Use the key of a reader of the evidence, and a node that has the blocks; --force goes on without.',
  },
  'dispute/unproven': {
    means: 'A challenge that states no flaw which its challenger recomputed.',
    do: 'Recompute the round yourself: tributary audit.',
  },
  'dispute/which-key': {
    means: 'The home holds no key to act with, or those of several actors.',
    do: 'Name the keystore: --key.',
  },
};
