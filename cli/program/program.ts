/** The whole `tributary` command: names, options and help. What a command does is loaded when it is called. */
import { Command } from 'commander';
import { reportUsage } from '../output.ts';
import { addAdmin } from './admin.ts';
import { addArbiter } from './arbiter.ts';
import { addAudit } from './audit.ts';
import { addBuyer } from './buyer.ts';
import { addChain } from './chain.ts';
import { addClean } from './clean.ts';
import { addCompletion } from './completion.ts';
import { addCoordinator } from './coordinator.ts';
import { addDispute } from './dispute.ts';
import { addDoctor } from './doctor.ts';
import { addDev } from './dev.ts';
import { addIpfs } from './ipfs.ts';
import { addKeys } from './keys.ts';
import { addLineage } from './lineage.ts';
import { addLogs } from './logs.ts';
import { addOwner } from './owner.ts';
import { addVersion } from './version.ts';
import { addWebhooks } from './webhooks.ts';

/** @param json whether what is called wrongly is told to a machine */
export function createProgram(json: boolean): Command {
  const program = new Command('tributary')
    .description(
      'Federated learning and a marketplace for private data: train, pay and audit without seeing the rows.',
    )
    .option('--home <folder>', 'keys, settings and records (TRIBUTARY_HOME, ~/.tributary)')
    .option(
      '--rpc <url>',
      "the chain's JSON-RPC; further ones, which `owner run` holds against it, by giving it again (TRIBUTARY_RPC)",
      (url: string, before: string | undefined) => (before ? `${before},${url}` : url),
    )
    .option('--ipfs <url>', 'the IPFS node, Kubo RPC (TRIBUTARY_IPFS)')
    .option('--deployment <file>', 'record of the contracts (TRIBUTARY_DEPLOYMENT)')
    .option('--password-file <file>', 'password of the keystores (TRIBUTARY_PASSWORD_FILE)')
    .option('--json', 'one JSON object a line, for machines')
    .configureOutput({ outputError: (text, write) => (json ? reportUsage(text) : write(text)) })
    .showHelpAfterError(json ? false : '(tributary --help lists the commands)')
    .exitOverride();
  addDev(program);
  addChain(program);
  addAdmin(program);
  addIpfs(program);
  addCoordinator(program);
  addOwner(program);
  addBuyer(program);
  addAudit(program);
  addDispute(program);
  addArbiter(program);
  addLineage(program);
  addKeys(program);
  addWebhooks(program);
  addDoctor(program);
  addLogs(program);
  addClean(program);
  addVersion(program);
  addCompletion(program);
  return program;
}
