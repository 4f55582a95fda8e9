/** Error codes of the chain and of sending to it. What a contract refuses with is in contracts/refusals.ts. protocol.md §5 */
import type { ErrorEntries } from './entry.ts';

export const chainErrors: ErrorEntries = {
  'chain/behind': {
    means: 'The chain node does not show the round before yet.',
    do: 'Nothing: the coordinator waits; if it lasts, check the node.',
  },
  'chain/broken-history': {
    means: 'The chain node left out events of the job.',
    do: 'Use an RPC with the full history.',
  },
  'chain/disagree': {
    means: 'Two RPCs of a client say different things of the chain; it acts on neither.',
    do: 'Wait, if one is only behind; if it lasts, find out which of them lies or is broken, and leave that one out.',
  },
  'chain/ended': { means: 'The local chain ended by itself.', do: 'Start it again: its state is kept.' },
  'chain/failed': {
    means: 'The chain node refused for another reason, or a transaction left nothing behind.',
    do: 'Read the reason in the message; check the deployment record.',
  },
  'chain/fee-cap': {
    means: "A coordinator's transaction waits: the chain asks for more than `--max-gas-price`.",
    do: 'Nothing, if the chain will be cheaper in time; else start the coordinator with a higher one.',
  },
  'chain/head': {
    means: 'The fields of a settlement do not give the head of its event.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'chain/head-not-stored': {
    means: 'The escrow stores another head than the settlement gives.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'chain/insufficient-funds': {
    means: 'The account can not pay for gas.',
    do: "Fund it with the chain's own coin.",
  },
  'chain/job-not-started': {
    means: 'The escrow holds the job, and nobody activated it yet.',
    do: 'Wait until it is active: no round of it could be settled.',
  },
  'chain/no-anvil': {
    means: 'There is no anvil for this platform.',
    do: 'Run "npm ci", or give the URL of a chain.',
  },
  'chain/no-contract': {
    means: 'There is no such contract at an address, or it lacks a function.',
    do: 'Check the addresses of the deployment and the chain.',
  },
  'chain/no-randomness': {
    means: "The chain's randomness is missing, constant or foreseeable: it can't draw the neighbour graph.",
    do: 'Use at most 100 clients here, or another chain or deployment.',
  },
  'chain/not-final': {
    means: 'The chain does not say yet, deep enough, that the attempt ended with survivors.',
    do: 'Wait some blocks and ask again; the coordinator may still have to send it.',
  },
  'chain/not-mined': {
    means: 'A transaction was sent and not confirmed in time.',
    do: 'See what became of it before sending again.',
  },
  'chain/not-started': {
    means: 'The local chain did not start.',
    do: 'Read the message, and correct what keeps anvil from starting.',
  },
  'chain/other-chain': {
    means: 'The RPC is of another chain than the deployment.',
    do: 'Check the URL or the deployment.',
  },
  'chain/previous-head': {
    means: 'A settlement does not stand on the one before it.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'chain/reverted': {
    means: 'A transaction failed after it was sent, and would not fail now.',
    do: 'Try again.',
  },
  'chain/round-order': {
    means: 'A settlement is of another round than comes next.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'chain/too-many-rounds': {
    means: 'More rounds are settled than were sold.',
    do: 'Do not trust this chain node; audit by another.',
  },
  'chain/unknown-event': {
    means: 'The contract has no such event.',
    do: 'Compile the contracts again, and use the bindings of that version.',
  },
  'chain/unreachable': { means: 'No chain answered.', do: 'Start it, or check its URL.' },
  'contracts/not-compiled': {
    means: 'A contract is not compiled.',
    do: 'Run "node --import tsx scripts/compile-contracts.ts".',
  },
  'deployment/no-code': {
    means: 'There is no contract at an address of the deployment record.',
    do: 'Check the record, and that the RPC is of the chain and deployment that are meant.',
  },
  'deployment/other-arguments': {
    means: 'The deployment record names other contracts than its constructor arguments do.',
    do: 'Get the record again from whoever deployed: this one was altered.',
  },
  'deployment/other-code': {
    means: 'A contract of the deployment is not what this version compiles.',
    do: 'Use the version that deployed it, if you trust the record; else stay away.',
  },
  'deployment/other-hash': {
    means: 'The code of a contract is not the one that the deployment record was made of.',
    do: 'Get the record again from whoever deployed, and check the RPC.',
  },
  'deployment/other-wiring': {
    means: 'A contract works with other contracts, windows or recipients than the deployment record says.',
    do: 'Do not use this deployment, or get its true record.',
  },
};
