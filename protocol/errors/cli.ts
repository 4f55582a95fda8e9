/** Error codes of the command line: homes, keystores and settings. */
import type { ErrorEntries } from './entry.ts';

export const cliErrors: ErrorEntries = {
  'admin/no-such-announcement': {
    means: 'No announced change, or more than one, begins so.',
    do: 'See what is announced: tributary admin show.',
  },
  'audit/no-such-level': { means: 'The audit has no such level.', do: 'Name levels from 1 to 5.' },
  'clean/in-use': {
    means: 'A process is at work in the home.',
    do: 'Stop the process that the message names.',
  },
  'clean/not-a-home': { means: 'The folder is no home of Tributary.', do: 'Check --home.' },
  'clean/not-confirmed': {
    means: 'Nobody agreed to the removal.',
    do: 'Give --yes, or --dry-run to see what would go.',
  },
  'dev/not-started': {
    means: 'A service of the local stack did not start.',
    do: 'Read why in the message and in its log.',
  },
  'dev/one-port-twice': { means: 'Two services are to listen on one port.', do: 'Change one of the ports.' },
  'dev/other-deployment': {
    means: 'The home holds the record of a deployment that this stack did not make.',
    do: 'Move it away, or choose another --home.',
  },
  'dev/port-taken': {
    means: 'A port of the local stack is taken.',
    do: 'Stop what listens there, choose another, or give --ports free.',
  },
  'dev/running': {
    means: 'A local stack runs in this home already.',
    do: 'Use it, stop it, or choose another --home.',
  },
  'dev/service-ended': {
    means: 'A service of the local stack ended by itself.',
    do: 'Read its log: tributary logs.',
  },
  'hold/refused': {
    means: 'TRIBUTARY_HOLD is set off the local chain, or names no phase.',
    do: 'Unset it: it is for tests.',
  },
  'internal/bug': {
    means: 'The program failed in a way that it does not foresee.',
    do: 'Run it again with TRIBUTARY_DEBUG=1, and report what it prints.',
  },
  'keys/not-a-key': { means: 'The file holds no private key.', do: 'Put 32 bytes as hex into it, alone.' },
  'keys/not-confirmed': { means: 'Nobody agreed to write the bare key.', do: 'Give --yes.' },
  'keys/scopes': {
    means: 'A scope is unknown, or stands there twice.',
    do: 'Name those that the message lists.',
  },
  'keys/out-exists': { means: 'There is a file where the key is to go.', do: 'Choose another --out.' },
  'keystore/damaged': { means: 'The file is no keystore, or is damaged.', do: 'Restore it from a backup.' },
  'keystore/empty-password': { means: 'The password of a new key is empty.', do: 'Choose one.' },
  'keystore/exists': { means: 'There is a key already.', do: 'Move it away first.' },
  'keystore/missing': {
    means: 'There is no key or no salt in the home.',
    do: 'Run the init command of this actor first.',
  },
  'keystore/no-password': {
    means: 'There is no password file and no terminal to ask on.',
    do: 'Give --password-file.',
  },
  'keystore/passwords-differ': { means: 'The password was not typed the same twice.', do: 'Try again.' },
  'keystore/wrong-password': { means: 'The keystore does not open with this password.', do: 'Try another.' },
  'lie/refused': {
    means: '--lie is given off the local chain, or names nothing that can be falsified.',
    do: 'Leave it out: it is for tests.',
  },
  'lineage/file-exists': {
    means: 'The file that an export would write is there already.',
    do: 'Name another file, or give --force to replace it.',
  },
  'lineage/no-such-round': {
    means: 'The job has no such settled round.',
    do: 'Ask for one from 1 to the last settled one.',
  },
  'logs/no-such-service': {
    means: 'The local stack has no such service.',
    do: 'Name dev, chain, ipfs or coordinator.',
  },
  'logs/none': { means: 'There are no logs in the home.', do: 'Run "tributary dev" first.' },
  'owner/client-running': { means: "The owner's client is running.", do: 'Stop it first.' },
  'owner/not-owner': {
    means: 'Another account owns the dataset.',
    do: "Use that account's key, or buy the dataset first.",
  },
  'owner/not-registered': { means: 'The home has no dataset yet.', do: 'Run "tributary owner register".' },
  'owner/registered': { means: 'The home has registered a dataset already.', do: 'Use another home.' },
  'settings/bad-amount': { means: 'The text is no amount.', do: 'Write whole base units.' },
  'settings/exposed': {
    means: 'The settings name a database, with its password, and others on this machine may read them.',
    do: 'chmod 600 the file, or give DATABASE_URL instead.',
  },
  'settings/bad-file': {
    means: 'A file of the home is damaged, or sets what no setting is.',
    do: 'Correct or restore the file that the message names.',
  },
  'settings/no-deployment': {
    means: 'The deployment record is missing, or the file is none.',
    do: 'Give --deployment.',
  },
  'settings/no-admin': {
    means: 'Off the local chain, nobody was named to administer the deployment.',
    do: 'Give --admin.',
  },
  'settings/no-arbiter': {
    means: 'Off the local chain, no arbiter was named.',
    do: 'Give --arbiter.',
  },
  'settings/no-payment-token': {
    means: 'Off the local chain, no payment token was named.',
    do: 'Give --payment-token.',
  },
  'unsigned/altered': {
    means: 'A signature is over something else than the file says, or is by another account.',
    do: 'Sign the file again.',
  },
  'unsigned/bad-file': {
    means: 'The file of transactions is missing or damaged.',
    do: 'Prepare it again with --unsigned.',
  },
  'unsigned/nonce-used': {
    means: 'The account sent another transaction in place of this one.',
    do: 'Run the command that prepared it again, and sign anew.',
  },
  'unsigned/not-confirmed': {
    means: 'Nobody agreed to sign.',
    do: 'Give --yes, or --dry-run to read what would be signed.',
  },
  'unsigned/not-signed': {
    means: 'A transaction is not signed yet.',
    do: 'Run "tributary keys sign" where the key is.',
  },
  'unsigned/other-account': {
    means: 'The file is for another account.',
    do: 'Give the key, or --from, of the account that the file names.',
  },
  'unsigned/other-call': {
    means: 'The file was prepared for another command.',
    do: 'Give each command a file of its own.',
  },
  'unsigned/other-chain': {
    means: 'The file is for another chain or deployment.',
    do: 'Check where it comes from, or give --deployment.',
  },
  'unsigned/unknown-call': {
    means: "The bytes are no call of the deployment's contracts.",
    do: 'Do not sign it.',
  },
  'usage/wrong': { means: 'A command was called wrongly.', do: 'Read its --help.' },
};
