/** Error codes of webhooks: of who keeps them, and of what is delivered to them. docs/api.md */
import type { ErrorEntries } from './entry.ts';

export const webhookErrors: ErrorEntries = {
  'webhook/not-yours': {
    means:
      "The job is not the account's: it is neither its buyer, nor an owner of a seat, nor a reader by its terms.",
    do: 'Sign in as one who is, or follow the job by its stream of events.',
  },
  'webhook/private-address': {
    means: "A webhook's host is, or resolves to, an address that is not of the public internet.",
    do: 'Give a URL that the public internet reaches; an operator may name hosts of its own network (`webhooks.hosts`).',
  },
  'webhook/refused': {
    means: 'The receiver of a webhook answered with another status than 2xx. Redirects are not followed.',
    do: "Look at the receiver's log; deliver the message again when it takes it.",
  },
  'webhook/timeout': {
    means: 'The receiver of a webhook gave no answer in time.',
    do: 'Answer first and work afterwards; deliver the message again.',
  },
  'webhook/too-many': {
    means: 'The account has as many webhooks as it may have.',
    do: 'Delete one; the operator sets the number (`webhooks.perAccount`).',
  },
  'webhook/unknown': {
    means: 'The account has no such webhook.',
    do: 'Take an id from the list of webhooks.',
  },
  'webhook/unknown-letter': {
    means: 'The webhook has no such message among those that were given up.',
    do: 'Take an id from its dead letters; they are kept for 30 days.',
  },
  'webhook/unreachable': {
    means:
      'The receiver of a webhook could not be reached: no such host, no connection, or no certificate that is believed.',
    do: 'Check the URL from outside, and its certificate; deliver the message again.',
  },
  'webhook/url': {
    means: 'Nothing can be delivered to this URL.',
    do: 'Give one that the message does not object to: https, a public host, no user, no fragment.',
  },
};
