/** `tributary doctor`: what of this machine and its services is as Tributary needs it, and what to do where not. */
import { checkBackends } from '../doctor/training.ts';
import { failure, skipped, type Finding, type Verdict } from '../doctor/finding.ts';
import { checkDisk, checkHome, checkKeyFiles, checkNode, checkPort } from '../doctor/machine.ts';
import { checkBlobs } from '../doctor/blobs.ts';
import { checkDatabase } from '../doctor/database.ts';
import { checkChain, checkIpfs, type Absence } from '../doctor/services.ts';
import { dim, green, red, result, yellow } from '../output.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

const ports = { chain: 8545, 'IPFS node': 5001, coordinator: 7070 };

/** Ends with status 1 where something fails. */
export async function doctor(options: CommonOptions & Readonly<{ strict?: boolean }>): Promise<void> {
  const settings = readSettings(options);
  const strict = options.strict === true;
  const counts = { ok: 0, warning: 0, failure: 0, skipped: 0 };
  for (const check of checks(settings, strict)) {
    for (const finding of [await check()].flat()) {
      counts[finding.verdict] += 1;
      result(settings.json, { event: 'check', ...finding }, findingText(finding));
    }
  }
  const text = `${counts.failure} failures, ${counts.warning} warnings, ${counts.ok} ok, ${counts.skipped} skipped`;
  result(settings.json, { event: 'doctor', ...counts }, text);
  if (counts.failure > 0) process.exitCode = 1;
}

type Check = () => Finding | Promise<Finding | readonly Finding[]>;

function checks(settings: Settings, strict: boolean): Check[] {
  const { home, given } = settings;
  const absence =
    (service: 'rpc' | 'ipfs'): Absence =>
    (name, seen, remedy) =>
      strict || given.has(service) ? failure(name, seen, remedy) : skipped(name, `${seen}; ${remedy}`);
  return [
    () => checkNode(),
    () => checkDisk(home),
    () => checkHome(home),
    () => checkKeyFiles(home),
    ...Object.entries(ports).map(
      ([service, port]) =>
        () =>
          checkPort(service, port),
    ),
    () => checkBackends(),
    () => checkDatabase(settings),
    async () => (await checkBlobs(settings)) ?? [],
    () => checkChain(settings, absence('rpc')),
    () => checkIpfs(settings, absence('ipfs')),
  ];
}

const signs: Readonly<Record<Verdict, string>> = {
  ok: green('ok     '),
  warning: yellow('warning'),
  failure: red('failure'),
  skipped: dim('skipped'),
};

function findingText({ name, verdict, seen, remedy }: Finding): string {
  const line = `${signs[verdict]}  ${name.padEnd(24)} ${seen}`;
  return remedy === null ? line : `${line}\n${' '.repeat(34)}→ ${remedy}`;
}
