/** Error codes of the command line: homes, keystores and settings. */
import type { ErrorEntries } from './entry.ts';

export const cliErrors: ErrorEntries = {
  'audit/no-such-level': { means: 'The audit has no such level.', do: 'Name levels from 1 to 5.' },
  'hold/refused': {
    means: 'TRIBUTARY_HOLD is set off the local chain, or names no phase.',
    do: 'Unset it: it is for tests.',
  },
  'internal/bug': {
    means: 'The program failed in a way that it does not foresee.',
    do: 'Run it again with TRIBUTARY_DEBUG=1, and report what it prints.',
  },
  'keystore/exists': { means: 'There is a key already.', do: 'Move it away first.' },
  'keystore/missing': {
    means: 'There is no key or no salt in the home.',
    do: 'Run the init command of this actor first.',
  },
  'keystore/no-password': {
    means: 'There is no password file and no terminal to ask on.',
    do: 'Give --password-file.',
  },
  'keystore/wrong-password': { means: 'The keystore does not open with this password.', do: 'Try another.' },
  'owner/not-registered': { means: 'The home has no dataset yet.', do: 'Run "tributary owner register".' },
  'owner/registered': { means: 'The home has registered a dataset already.', do: 'Use another home.' },
  'settings/bad-amount': { means: 'The text is no amount.', do: 'Write whole base units.' },
  'settings/bad-file': {
    means: 'A file of the home is damaged, or sets what no setting is.',
    do: 'Correct or restore the file that the message names.',
  },
  'settings/no-deployment': {
    means: 'The deployment record is missing, or the file is none.',
    do: 'Give --deployment.',
  },
  'settings/no-payment-token': {
    means: 'Off the local chain, no payment token was named.',
    do: 'Give --payment-token.',
  },
};
