/** The `tributary` command: its rooms, and the one place where an error ends. */
import { Command, CommanderError } from 'commander';
import { report, reportUsage } from './output.ts';
import { addAudit } from './program/audit.ts';
import { addBuyer } from './program/buyer.ts';
import { addChain } from './program/chain.ts';
import { addClean } from './program/clean.ts';
import { addCompletion } from './program/completion.ts';
import { addCoordinator } from './program/coordinator.ts';
import { addDoctor } from './program/doctor.ts';
import { addDev } from './program/dev.ts';
import { addIpfs } from './program/ipfs.ts';
import { addKeys } from './program/keys.ts';
import { addLineage } from './program/lineage.ts';
import { addLogs } from './program/logs.ts';
import { addOwner } from './program/owner.ts';
import { addVersion } from './program/version.ts';

const json = process.argv.includes('--json');
const program = new Command('tributary')
  .description(
    'Federated learning and a marketplace for private data: train, pay and audit without seeing the rows.',
  )
  .option('--home <folder>', 'keys, settings and records (TRIBUTARY_HOME, ~/.tributary)')
  .option('--rpc <url>', "the chain's JSON-RPC (TRIBUTARY_RPC)")
  .option('--ipfs <url>', 'the IPFS node, Kubo RPC (TRIBUTARY_IPFS)')
  .option('--deployment <file>', 'record of the contracts (TRIBUTARY_DEPLOYMENT)')
  .option('--password-file <file>', 'password of the keystores (TRIBUTARY_PASSWORD_FILE)')
  .option('--json', 'one JSON object a line, for machines')
  .configureOutput({ outputError: (text, write) => (json ? reportUsage(text) : write(text)) })
  .showHelpAfterError(json ? false : '(tributary --help lists the commands)')
  .exitOverride();

addDev(program);
addChain(program);
addIpfs(program);
addCoordinator(program);
addOwner(program);
addBuyer(program);
addAudit(program);
addLineage(program);
addKeys(program);
addDoctor(program);
addLogs(program);
addClean(program);
addVersion(program);
addCompletion(program);

try {
  await program.parseAsync();
} catch (error) {
  // Help and version end here too, with status 0; what was called wrongly has been said already.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    report(error, json);
    process.exitCode = 1;
  }
}
