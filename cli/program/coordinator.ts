/** `tributary coordinator`: the service that runs rounds. Names, options and help; what a command does is loaded when it is called. */
import { Option, type Command } from 'commander';
import { gwei, number, positive, run } from './arguments.ts';

/** A settlement then costs 0.04 of the chain's coin: dear, and still worth less than a round. */
const MOST_GWEI = '500';

const operationsText = 'operations policy (TRIBUTARY_OPERATIONS); operations.yaml in the home by default';

export function addCoordinator(program: Command): void {
  const coordinator = program.command('coordinator').description('run rounds for buyers');
  coordinator
    .command('init')
    .description("make the coordinator's key")
    .addHelpText('after', '\nExample:\n  tributary coordinator init')
    .action(run(async () => (await import('../commands/coordinator.ts')).init));
  coordinator
    .command('policy')
    .description('print the operations policy in force, or what is wrong with it')
    .option('--operations <file>', operationsText)
    .addHelpText('after', '\nExample:\n  tributary coordinator policy --operations operations.yaml')
    .action(run(async () => (await import('../commands/coordinator.ts')).policy));
  coordinator
    .command('start')
    .description('serve the API and run jobs until stopped')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', '0 takes a free one', number, 7070)
    .option('--public-url <url>', 'where clients reach it, if not there')
    .option('--tls-cert <file>', 'serve TLS: certificate with its chain, PEM (TRIBUTARY_TLS_CERT, home)')
    .option('--tls-key <file>', 'its private key, PEM, mode 0600 (TRIBUTARY_TLS_KEY, home)')
    .option('--operations <file>', operationsText)
    .addOption(
      new Option('--max-gas-price <gwei>', 'most for a unit of gas; above it transactions wait')
        .argParser(gwei)
        .default(gwei(MOST_GWEI), MOST_GWEI),
    )
    .option(
      '--blobs <place>',
      'folder or s3://bucket/prefix?endpoint=…&region=… for masked inputs and evidence; coordinators of one database share it (TRIBUTARY_BLOBS, home)',
    )
    .option('--draining', 'take on no job: only finish those under way')
    .option('--metrics-port <port>', 'serve /metrics there; 0 takes a free one', number)
    .option('--metrics-host <host>', 'address for /metrics', '127.0.0.1')
    .addOption(new Option('--lie <part@round>', 'post a falsehood once, for a test').hideHelp())
    .addHelpText(
      'after',
      '\nRecords go into an embedded database in the home, or to the PostgreSQL server that DATABASE_URL or `database:`' +
        '\nin tributary.yaml names (postgres://…); then several coordinators may run at once.' +
        '\n\nExample:\n  tributary coordinator start --port 7070',
    )
    .action(run(async () => (await import('../commands/coordinator.ts')).start));
  addBackups(coordinator);
  addControl(coordinator);
}

const blobsText = 'where masked inputs and evidence are (TRIBUTARY_BLOBS, home)';

function addBackups(coordinator: Command): void {
  coordinator
    .command('backup <folder>')
    .description('write all that the coordinator keeps, but its key, into a new folder')
    .option('--blobs <place>', blobsText)
    .option('--incomplete', 'take it also where blobs are lost, and say which')
    .option('--dry-run', 'say what it would hold, and write nothing')
    .addHelpText(
      'after',
      '\nA coordinator on a PostgreSQL server may go on meanwhile; one with an embedded database is stopped first.' +
        '\n\nExample:\n  tributary coordinator backup /srv/backups/2026-11-30',
    )
    .action(run(async () => (await import('../commands/coordinator-backup.ts')).backup));
  coordinator
    .command('verify <folder>')
    .description('hold a backup against its digests, and see that it can be restored')
    .addHelpText('after', '\nExample:\n  tributary coordinator verify /srv/backups/2026-11-30')
    .action(run(async () => (await import('../commands/coordinator-backup.ts')).verify));
  coordinator
    .command('restore <folder>')
    .description('put a backup back, into the home or the database that DATABASE_URL names')
    .option('--blobs <place>', blobsText)
    .option('--replace', 'lose what is there')
    .option('--dry-run', 'verify it, look at where it would go, and change nothing')
    .addHelpText('after', '\nExample:\n  tributary coordinator restore /srv/backups/2026-11-30')
    .action(run(async () => (await import('../commands/coordinator-backup.ts')).restore));
}

/** What is done to one that runs on this machine. */
function addControl(coordinator: Command): void {
  coordinator
    .command('drain')
    .description('take on no job any more, and finish those under way; the coordinator goes on running')
    .option('--hand-over', 'not ready at once: other coordinators of the database serve its jobs')
    .option('--wait', 'until no job is under way')
    .option('--undo', 'take on jobs again')
    .addHelpText('after', '\nExample:\n  tributary coordinator drain --wait')
    .action(run(async () => (await import('../commands/coordinator-control.ts')).drain));
  coordinator
    .command('rotate-secrets')
    .description('end all sign-ins and API keys that there are, after a while or at once')
    .option('--keep-days <number>', 'believe those that there are for so long (default: 30)', positive)
    .option('--now', 'believe none of them any more')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nExample:\n  tributary coordinator rotate-secrets --keep-days 7')
    .action(run(async () => (await import('../commands/coordinator-control.ts')).rotateSecrets));
}
