/** Error codes of who may ask: sign-in, tokens, API keys, repeated requests. docs/api.md */
import type { ErrorEntries } from './entry.ts';

export const accessErrors: ErrorEntries = {
  'auth/caveat': {
    means: 'A caveat of the token does not hold for this request.',
    do: 'Use a token without the caveat that the message names, or ask for what it leaves open.',
  },
  'auth/expired': {
    means: 'The token has expired.',
    do: 'Refresh it or sign in again; make another API key.',
  },
  'auth/invalid': {
    means: 'The token is none that this coordinator gave, or that was made of one.',
    do: 'Check that it is whole and of this coordinator; sign in again.',
  },
  'auth/message': {
    means: 'The sign-in message is not one of EIP-4361 for this coordinator.',
    do: 'Correct what the message names: `POST /v1/auth/nonce` says URL, chain and nonce.',
  },
  'auth/missing': {
    means: 'The request does not say who asks.',
    do: 'Send `Authorization` as the API document says.',
  },
  'auth/narrowed': {
    means: 'API keys are made by an access token as a sign-in gave it.',
    do: 'Sign in, or narrow the key that you have.',
  },
  'auth/nonce': {
    means: 'The nonce is unknown, used or too old.',
    do: 'Ask for another and sign a message with it.',
  },
  'auth/other-url': {
    means: 'A coordinator asks to sign in to another place than where it was reached.',
    do: "Use its public URL; if that is what you did, it wants to sign in elsewhere in your name: don't.",
  },
  'auth/refresh': {
    means:
      'The refresh token is unknown, or its sign-in is over. Used a second time it ended the sign-in itself.',
    do: 'Sign in again. If you did not use it twice, somebody else did.',
  },
  'auth/revoked': {
    means: 'The token, or the one that it was made of, was revoked.',
    do: 'Sign in again; make another API key.',
  },
  'auth/rotated': {
    means: 'The operator has rotated the secrets under which the token was made.',
    do: 'Sign in again; make another API key.',
  },
  'auth/scope': {
    means: 'The token is not for this operation, or not for what was asked of it.',
    do: 'Sign in for the scope that the message names.',
  },
  'auth/signature': {
    means: 'The sign-in message is not signed by its account.',
    do: 'Sign the message to the letter by EIP-191, with the key of the address that it names.',
  },
  'auth/time': {
    means: 'The sign-in message is expired, from too long ago, or from the future.',
    do: "Check this machine's clock, and sign a fresh message.",
  },
  'auth/too-long': {
    means: 'The token would have more caveats than a header can carry.',
    do: 'Say the same with fewer.',
  },
  'auth/too-many-keys': {
    means: 'The account has as many API keys as it may have.',
    do: 'Revoke one that is not used.',
  },
  'auth/unknown-key': { means: 'The account has no such API key.', do: 'Take an id from the list of keys.' },
  'auth/validity': {
    means: 'An API key can not be valid until then.',
    do: 'Choose an end that is ahead, by no more than the message says.',
  },
  'request/idempotency-conflict': {
    means: 'The Idempotency-Key was used with another body.',
    do: 'Use a new key for a new request.',
  },
  'request/idempotency-running': {
    means: 'A request with this Idempotency-Key is still running.',
    do: 'Send the same again a little later: then it gets the same answer.',
  },
};
