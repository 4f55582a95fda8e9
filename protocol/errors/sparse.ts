/** Error codes of sparse attempts: their graph, and what the escrow holds of them. protocol.md §3.8, §4.9, §5.4 */
import type { ErrorEntries } from './entry.ts';

export const sparseErrors: ErrorEntries = {
  'graph/not-drawn': {
    means: "The block that draws a roster's graph is not deep enough in the chain yet.",
    do: 'Nothing: the client asks again. If it stays so, see whether its RPC follows the chain.',
  },
  'graph/not-sparse': {
    means: 'A roster is shown with a sparse graph, but its terms want the complete one for its size.',
    do: 'Nothing: the client takes no part. The coordinator breaks the terms.',
  },
  'graph/other-parameters': {
    means: 'Degree or threshold of a graph are not those that terms and size of the roster give.',
    do: 'Do not trust the round: fewer neighbours, or a lower threshold, protect less than was agreed.',
  },
  'graph/other-seed': {
    means: "A graph was drawn from other randomness than that of the escrow's block.",
    do: 'Do not trust the round: who chooses the graph can choose the neighbours of its victim.',
  },
  'outcome/not-final': {
    means: 'The escrow holds no survivors of the attempt yet, or not deep enough in the chain.',
    do: 'Nothing: the client asks again. If it stays so, see whether its RPC follows the chain.',
  },
  'outcome/other-survivors': {
    means: 'Other survivors are shown than those that the escrow holds, for ever, of this attempt.',
    do: 'Nothing: nothing is opened. The coordinator lied, or its chain is another one.',
  },
  'retry/not-aborted': {
    means: 'An input for the same model was sent in a sparse attempt that the escrow has not aborted.',
    do: 'Wait: the coordinator aborts it, or anyone may once its time is over.',
  },
  'roster/aborted': {
    means: 'The escrow holds that the attempt is aborted, but the coordinator goes on with it.',
    do: 'Nothing: the client takes no further part in the attempt.',
  },
  'roster/not-final': {
    means: 'The roster is not in the escrow yet, or not deep enough in the chain.',
    do: 'Nothing: the client asks again. If it stays so, see whether its RPC follows the chain.',
  },
  'roster/not-on-chain': {
    means: 'The escrow holds another roster of this attempt than the one that is shown.',
    do: 'Nothing: the client takes no part. The coordinator shows different rosters to different members.',
  },
  'roster/off-root': {
    means: "A neighbour's enrolment is not in the tree of the roster that was committed.",
    do: 'Nothing: the client takes no part. The coordinator invented a member or changed its keys.',
  },
  'roster/other-neighbours': {
    means: 'Other neighbours are shown than the graph gives this member.',
    do: 'Nothing: the client takes no part. The coordinator would choose whom it shares secrets with.',
  },
  'survivors/cut-off': {
    means: 'A survivor has fewer neighbours left than the threshold, so that its input might stand alone.',
    do: 'Nothing: it is left out, or the attempt is given up.',
  },
  'survivors/not-members': {
    means: 'The survivors that are shown are not members of the roster.',
    do: 'Nothing: nothing is opened.',
  },
};
