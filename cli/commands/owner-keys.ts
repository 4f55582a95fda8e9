/** `tributary owner init | rotate-operator | withdraw-operator`: the keys of an owner. */
import { randomBytes } from 'node:crypto';
import { computeAddress } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Address } from '#protocol/units.ts';
import { heldLocks } from '../home-locks.ts';
import { result } from '../output.ts';
import { ownerHome, registered, type OwnerHome } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import type { SigningOptions } from '../unsigned/as-account.ts';
import { asOwner } from '../unsigned/as-owner.ts';

export async function init(options: CommonOptions & Readonly<{ operatorOnly?: boolean }>): Promise<void> {
  const settings = readSettings(options);
  const { owner, operator } = await ownerHome(settings).init(options.operatorOnly !== true);
  result(
    settings.json,
    { event: 'initialised', ...(owner !== null && { owner }), operator },
    [
      ...(owner === null
        ? ['no owner key: give --unsigned and --from to owner register']
        : [`owner    ${owner}`]),
      `operator ${operator}`,
      `keys are in ${settings.home}; back them up`,
    ].join('\n'),
  );
}

const NO_ONE = `0x${'0'.repeat(40)}`;
/** What a change of operator alone does not reach: a sale froze the key. */
const frozen =
  'seats of jobs that run keep the key that they were sold with, until owner rotate-seat changes it';

/** @throws TributaryError `owner/not-registered`, `owner/client-running`, `escrow/…`, as `asOwner` */
export async function rotateOperator(options: CommonOptions & SigningOptions): Promise<void> {
  const settings = readSettings(options);
  const home = ownerHome(settings);
  const { dataset } = registered(home);
  await assertNoClient(home);
  const dry = options.dryRun === true;
  // A dry run makes no key: an address of nobody's stands in for it.
  const operator = dry ? (home.nextOperatorAddress() ?? anyAddress()) : await home.nextOperator();
  await asOwner(settings, options, async ({ contracts }) => {
    const standing = await contracts.registry.read.standingOf(BigInt(dataset));
    // Cut after it was sent, there is only the file left to move.
    if (standing.operator !== operator) await contracts.registry.send.setOperator(BigInt(dataset), operator);
    const kept = home.adoptNextOperator();
    result(
      settings.json,
      { event: 'operator-rotated', dataset, operator, kept },
      `dataset ${dataset} has operator ${operator}; the old key is kept in ${kept}. ${frozen}: run them from it`,
    );
  });
}

/**
 * Clears the operator on chain. The registry has no call for that but a transfer, which clears it whoever gets the
 * dataset; so the owner transfers it to itself.
 *
 * @throws TributaryError `owner/not-registered`, `escrow/…`, as `asOwner`
 */
export async function withdrawOperator(options: CommonOptions & SigningOptions): Promise<void> {
  const settings = readSettings(options);
  const { dataset } = registered(ownerHome(settings));
  await asOwner(settings, options, async ({ contracts }) => {
    const { registry, account } = contracts;
    const { operator } = await registry.read.standingOf(BigInt(dataset));
    if (operator !== NO_ONE) await registry.send.transferFrom(account, account, BigInt(dataset));
    result(
      settings.json,
      { event: 'operator-withdrawn', dataset, operator },
      `dataset ${dataset} has no operator and is not in new jobs until owner rotate-operator; ${frozen}`,
    );
  });
}

/** Its journal is sealed by the key that would go. @throws TributaryError `owner/client-running` */
async function assertNoClient(home: OwnerHome): Promise<void> {
  const [lock] = await heldLocks(home.client);
  if (lock) {
    throw new TributaryError(
      'owner/client-running',
      `process ${lock.pid} runs this owner's client: stop it first`,
    );
  }
}

const anyAddress = (): Address =>
  toAddress(computeAddress(`0x${randomBytes(32).toString('hex')}`).toLowerCase());
