/** Error codes of a service that is operated: whether it is ready, and what protects it. docs/operations-observability.md */
import type { ErrorEntries } from './entry.ts';

export const operatingErrors: ErrorEntries = {
  'chain/busy': {
    means: 'The chain is not asked now: too much waits for its answer, or none came lately.',
    do: 'Wait as long as `Retry-After` says, then send the same again.',
  },
  'chain/stale': {
    means: "The chain's latest block is old: the node makes no blocks, or does not hear of them.",
    do: "Look at the chain's node, and at this machine's clock.",
  },
  'events/full': {
    means: 'As many streams of events are open as the coordinator serves at once.',
    do: 'Read the state by a long poll, or try again after `Retry-After`.',
  },
  'events/too-many-streams': {
    means: 'As many streams of events are open from this address as one may have.',
    do: 'Close some; read the state by a long poll; an operator behind whose proxy others are names it (`limits.trustedProxies` in its policy).',
  },
  'readiness/timeout': {
    means: 'A part that the coordinator stands on does not answer in time.',
    do: 'Look at the part that is named: it hangs, or is far too busy.',
  },
  'request/quota-exhausted': {
    means: 'This API key or account has used up what it may in a day.',
    do: 'Wait until the next day of UTC, or ask the operator to raise `quotas.requests` or `quotas.bytes`.',
  },
  'request/rate-limited': {
    means: 'More came from this address, or by this API key or account, than it may ask in a minute.',
    do: 'Wait as long as `Retry-After` says; an operator behind whose proxy others are names it (`limits.trustedProxies`).',
  },
  'request/too-slow': {
    means: 'The body came too slowly, or stopped coming.',
    do: 'Send it again over a better connection.',
  },
  'storage/no-room': {
    means: 'What the round will bring has no room on the disk, or within what the operations policy allows.',
    do: 'Wait as long as `Retry-After` says, then send the same again. The operator makes room, or raises `storage`.',
  },
  'storage/bad-url': {
    means: 'What names the place of inputs and evidence is no URL of a bucket.',
    do: 'Write s3://BUCKET/PREFIX?endpoint=URL&region=NAME; credentials are given by the environment.',
  },
  'storage/forbidden': {
    means: "The bucket's server refuses the coordinator's credentials.",
    do: 'Correct them, the clock of this machine, or what they may do: list, read, write and delete in that bucket.',
  },
  'storage/no-bucket': {
    means: 'There is no such bucket.',
    do: 'Make it, or correct --blobs.',
  },
  'storage/no-credentials': {
    means: 'No credentials for the bucket were found.',
    do: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a role of the machine.',
  },
  'storage/unreachable': {
    means: "The bucket's server gives no answer now; nothing was kept.",
    do: 'Send the same again; its operator looks at the server, and at the network between.',
  },
  'storage/low': {
    means: "Little room is left on the coordinator's disk.",
    do: 'Make room before rounds have to wait (`storage/no-room`).',
  },
};
