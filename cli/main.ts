/** The `tributary` command: its rooms, and the one place where an error ends. */
import { Command } from 'commander';
import { report } from './output.ts';
import { addAudit } from './program/audit.ts';
import { addBuyer } from './program/buyer.ts';
import { addChain } from './program/chain.ts';
import { addCoordinator } from './program/coordinator.ts';
import { addIpfs } from './program/ipfs.ts';
import { addLineage } from './program/lineage.ts';
import { addOwner } from './program/owner.ts';

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
  .showHelpAfterError('(tributary --help lists the commands)');

addChain(program);
addIpfs(program);
addCoordinator(program);
addOwner(program);
addBuyer(program);
addAudit(program);
addLineage(program);

try {
  await program.parseAsync();
} catch (error) {
  report(error, process.argv.includes('--json'));
  process.exitCode = 1;
}
