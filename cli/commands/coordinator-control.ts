/** `tributary coordinator drain | rotate-secrets`: what is done to a coordinator that runs. docs/rotation.md */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { controlRotated, controlState, type ControlCommand } from '#coordinator/control/commands.ts';
import { rotateHere } from '#coordinator/control/rotate-here.ts';
import { askControl, controlSocket } from '#coordinator/control/socket.ts';
import { TributaryError } from '#crypto/error.ts';
import { confirmed } from '../confirm.ts';
import { readCoordinatorStorage } from '../coordinator-storage.ts';
import { openKeystore } from '../keystore.ts';
import { commandLog } from '../log.ts';
import { progress, result } from '../output.ts';
import { readPassword } from '../password.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';

const LOOK_MILLIS = 2_000;
const DAY_SECONDS = 86_400;
const DEFAULT_DAYS = 30;

const folderOf = ({ home }: Settings): string => join(home, 'coordinator');

type DrainOptions = CommonOptions & Readonly<{ handOver?: boolean; undo?: boolean; wait?: boolean }>;

/** @throws TributaryError `control/not-running`, `control/unreachable`, `coordinator/alone` */
export async function drain(options: DrainOptions): Promise<void> {
  const settings = readSettings(options);
  const ask = async (command: ControlCommand) => {
    const said = await askControl(controlSocket(folderOf(settings)), command);
    if (said !== null) return controlState.parse(said);
    throw new TributaryError(
      'control/not-running',
      `no coordinator of ${settings.home} runs on this machine`,
    );
  };
  const handOver = options.handOver ?? false;
  let state = await ask(options.undo === true ? { command: 'resume' } : { command: 'drain', handOver });
  for (
    let said = -1;
    options.wait === true && state.draining && state.jobs > 0;
    state = await ask({ command: 'state' })
  ) {
    if (said !== state.jobs) progress(`${state.jobs} jobs are under way`);
    said = state.jobs;
    await delay(LOOK_MILLIS);
  }
  const text = state.draining
    ? `the coordinator takes on no job; ${state.jobs} are under way`
    : 'the coordinator takes on jobs';
  result(settings.json, { event: 'drain', ...state }, text);
}

type RotateOptions = CommonOptions & Readonly<{ keepDays?: number; now?: boolean; yes?: boolean }>;

/** @throws TributaryError `control/rotation`, `control/not-confirmed`, `keystore/…`, `database/…` */
export async function rotateSecrets(options: RotateOptions): Promise<void> {
  const settings = readSettings(options);
  if (options.now === true && options.keepDays !== undefined)
    throw new TributaryError('control/rotation', '--now keeps nothing: give it, or --keep-days');
  const days = options.now === true ? 0 : (options.keepDays ?? DEFAULT_DAYS);
  await assertMeant(days, options.yes);
  const keepSeconds = days * DAY_SECONDS;
  const running = await askControl(controlSocket(folderOf(settings)), {
    command: 'rotate-secrets',
    keepSeconds,
  });
  const { number, previousRetiresAt } =
    running === null ? await rotatedHere(settings, keepSeconds) : controlRotated.parse(running);
  const until = new Date(previousRetiresAt * 1000).toISOString();
  result(
    settings.json,
    { event: 'rotated', secret: number, previousRetiresAt },
    days === 0
      ? `secret ${number} signs; every sign-in and API key so far is refused from now on`
      : `secret ${number} signs; sign-ins and API keys so far are believed until ${until}`,
  );
}

async function assertMeant(days: number, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  const what = days === 0 ? 'at once' : `in ${days} days`;
  const answer = await confirmed(`End every sign-in and every API key that there is now ${what}?`);
  if (answer === true) return;
  const why = answer === null ? 'no terminal to ask on: give --yes' : 'nothing was rotated';
  throw new TributaryError('control/not-confirmed', why);
}

async function rotatedHere(settings: Settings, keepSeconds: number) {
  const storage = readCoordinatorStorage(settings, undefined);
  const folder = folderOf(settings);
  if (storage.databaseUrl === undefined && !existsSync(folder))
    throw new TributaryError('control/not-running', `no coordinator ever ran in ${settings.home}`);
  const keystore = join(settings.home, 'coordinator.json');
  const wallet = await openKeystore(keystore, await readPassword(settings.passwordFile));
  const log = commandLog(settings.json);
  return rotateHere({ folder, databaseUrl: storage.databaseUrl, wallet, keepSeconds, log });
}
