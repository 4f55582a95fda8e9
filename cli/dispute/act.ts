/** A step in a dispute, as its commands take it: looked at first, then told (`--dry-run`), prepared or sent. protocol.md §5.6 */
import type { SigningKey } from 'ethers';
import { toAddress } from '#protocol/units.ts';
import { readingContracts } from '../chain.ts';
import { result } from '../output.ts';
import type { Settings } from '../settings.ts';
import { asAccount, type SigningAccount, type SigningOptions } from '../unsigned/as-account.ts';
import { planning, plannedText } from '../unsigned/planning.ts';
import type { ActingKeys } from './key.ts';

export type Acting = SigningAccount &
  Readonly<{
    /** By which the account may read evidence, where its keystore was opened. */
    key: SigningKey | null;
    /** Nothing may be stored or sent. */
    dryRun: boolean;
  }>;

/** What is to be done: what a person should know of it first, and the sending. */
export type Act = Readonly<{
  facts: object;
  lines: readonly string[];
  send(): Promise<Readonly<{ value: object; text: string }>>;
}>;

/** @throws what `prepare` and `send` throw, and as {@link asAccount} */
export async function act(
  settings: Settings,
  options: SigningOptions,
  holder: ActingKeys,
  prepare: (acting: Acting) => Promise<Act>,
): Promise<void> {
  if (options.dryRun === true) return tellPlan(settings, options, holder, prepare);
  const signsHere = options.unsigned === undefined;
  await asAccount(settings, options, holder, async (account) => {
    const key = signsHere ? await holder.reading() : null;
    const { facts, send } = await prepare({ ...account, key, dryRun: false });
    const { value, text } = await send();
    result(settings.json, { ...value, ...facts }, text);
  });
}

async function tellPlan(
  settings: Settings,
  { from }: SigningOptions,
  holder: ActingKeys,
  prepare: (acting: Acting) => Promise<Act>,
): Promise<void> {
  const reading = await readingContracts(settings);
  try {
    const account = from === undefined ? await holder.address(reading) : toAddress(from.toLowerCase());
    // A dry run asks for no password; with one at hand it reads evidence as the account may.
    const key = settings.passwordFile === null || from !== undefined ? null : await holder.reading();
    const { contracts, calls } = planning(reading, account);
    const { facts, lines, send } = await prepare({
      contracts,
      remember: (_name, decide) => decide(),
      key,
      dryRun: true,
    });
    await send();
    result(
      settings.json,
      { event: 'dry-run', account, ...facts, transactions: calls },
      [...lines, ...calls.map(plannedText), 'nothing was signed or sent'].join('\n'),
    );
  } finally {
    reading.provider.destroy();
  }
}
