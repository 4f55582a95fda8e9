/** `tributary admin`: what is asked of new jobs, by those who hold the roles for it. protocol.md §5.7 */
import { announcements } from '#contracts/administration-facts.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { change, timeText, type ChangeOutcome } from '#contracts/governing.ts';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Hex } from '#protocol/units.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { asAdmin, type AdminOptions } from '../unsigned/as-admin.ts';

export type ChangeOptions = CommonOptions & AdminOptions & Readonly<{ execute?: boolean }>;

/** @throws TributaryError `escrow/fee-above-cap` before it is announced; as `change` */
export const setFee = (options: ChangeOptions, basisPoints: string): Promise<void> =>
  make(options, `the fee is ${basisPoints} basis points`, async ({ policy }) => {
    const most = await policy.read.MAX_FEE();
    if (Number(basisPoints) > most) {
      throw new TributaryError('escrow/fee-above-cap', `the fee can be at most ${most} basis points`);
    }
    return policy.encode.setFee(Number(basisPoints));
  });

export const listArbiter = (
  options: ChangeOptions & Readonly<{ fee: bigint }>,
  arbiter: string,
): Promise<void> =>
  make(options, `${arbiter} is an arbiter, for ${options.fee} base units an answer`, async ({ policy }) =>
    policy.encode.listArbiter(toAddress(arbiter), options.fee),
  );

/** @throws TributaryError `escrow/arbiter-not-listed` before it is announced; as `change` */
export const removeArbiter = (options: ChangeOptions, arbiter: string): Promise<void> =>
  make(options, `new jobs can not choose ${arbiter} any more`, async ({ policy }) => {
    const { listed } = await policy.read.arbiterOf(toAddress(arbiter));
    if (!listed) throw new TributaryError('escrow/arbiter-not-listed', `${arbiter} is not on the list`);
    return policy.encode.removeArbiter(toAddress(arbiter));
  });

export const pause = (options: ChangeOptions): Promise<void> =>
  make(options, 'no new job can be opened; those that are open go on', async ({ policy }) =>
    policy.encode.setPaused(true),
  );

export const unpause = (options: ChangeOptions): Promise<void> =>
  make(options, 'new jobs can be opened again', async ({ policy }) => policy.encode.setPaused(false));

/** @param operation as `admin show` gives it, or its beginning @throws TributaryError `admin/no-such-announcement` */
export async function cancel(options: CommonOptions & AdminOptions, operation: string): Promise<void> {
  const settings = readSettings(options);
  await asAdmin(settings, options, async ({ contracts }) => {
    const open = await announcements(contracts);
    const [found, ...more] = open.filter((one) => one.operation.startsWith(operation.toLowerCase()));
    if (!found || more.length > 0) {
      const known = open.map((one) => one.operation).join(', ') || 'nothing';
      throw new TributaryError(
        'admin/no-such-announcement',
        `${operation} is not the beginning of exactly one announcement; announced: ${known}`,
      );
    }
    const { caller, target, data, what } = found;
    const { transaction } = await contracts.administration.send.cancel(caller, target, data);
    result(
      settings.json,
      { event: 'cancelled', operation: found.operation, what, transaction },
      `${what} is not announced any more`,
    );
  });
}

async function make(
  options: ChangeOptions,
  done: string,
  encode: (contracts: SendingContracts) => Promise<Hex>,
): Promise<void> {
  const settings = readSettings(options);
  await asAdmin(settings, options, async ({ contracts }) => {
    const data = await encode(contracts);
    const outcome = await change(contracts, data, { makeOnly: options.execute === true });
    result(settings.json, { event: 'change', ...outcome }, outcomeText(outcome, done));
  });
}

function outcomeText(found: ChangeOutcome, done: string): string {
  if (found.outcome === 'made') return done;
  const when = `from ${timeText(found.from)} on, and lapses at ${timeText(found.until)}`;
  return found.outcome === 'announced'
    ? `announced; run the same command again to make it, ${when}`
    : `it is announced already, and can be made ${when}`;
}
