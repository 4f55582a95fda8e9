/** `tributary coordinator`: the service that runs rounds. Names, options and help; what a command does is loaded when it is called. */
import { Option, type Command } from 'commander';
import { addressRanges, number, positive, run } from './arguments.ts';

export function addCoordinator(program: Command): void {
  const coordinator = program.command('coordinator').description('run rounds for buyers');
  coordinator
    .command('init')
    .description("make the coordinator's key")
    .addHelpText('after', '\nExample:\n  tributary coordinator init')
    .action(run(async () => (await import('../commands/coordinator.ts')).init));
  coordinator
    .command('start')
    .description('serve the API and run jobs until stopped')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', '0 takes a free one', number, 7070)
    .option('--public-url <url>', 'where clients reach it, if not there')
    .option(
      '--trusted-proxies <cidr...>',
      'whose X-Forwarded-For is believed, as 10.0.0.0/8',
      addressRanges,
      [],
    )
    .option('--reads-per-minute <count>', 'of one address', positive)
    .option('--messages-per-minute <count>', 'of one address, that bring nothing new', positive)
    .option('--metrics-port <port>', 'serve /metrics there; 0 takes a free one', number)
    .option('--metrics-host <host>', 'address for /metrics', '127.0.0.1')
    .addOption(new Option('--lie <part@round>', 'post a falsehood once, for a test').hideHelp())
    .addHelpText('after', '\nExample:\n  tributary coordinator start --port 7070')
    .action(run(async () => (await import('../commands/coordinator.ts')).start));
}
