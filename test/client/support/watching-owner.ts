/** An owner's client on a real chain, as far as it watches posted rounds. */
import { Wallet } from 'ethers';
import { chainReads } from '#client/chain.ts';
import { openJournal } from '#client/journal/journal.ts';
import { openPostings } from '#client/postings.ts';
import type { Setting } from '#client/setting.ts';
import { connectAs } from '#contracts/connect.ts';
import type { ChallengeRules } from '#contracts/postings/challenge.ts';
import { createTransactor } from '#contracts/transact.ts';
import { seededRng } from '#crypto/random.ts';
import { toAddress } from '#protocol/units.ts';
import type { Fake } from '#test/buyer/fake-coordinator.ts';
import type { Stage } from '#test/buyer/stage.ts';
import { ARBITER_FEE, at } from '#test/contracts/world.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { quick } from './cohort.ts';
import { newHome } from './home.ts';

export type Said = { posting?: string; code?: string; round?: number; own?: boolean; message: string }[];
export type Owner = Readonly<{
  setting: Setting;
  said: Said;
  stop: AbortController;
  heard(kind: string): Promise<void>;
}>;

/** The client of a seat; its operator's account has gas and, unless told otherwise, the bond. */
export async function ownerIn(
  stage: Stage,
  fake: () => Fake,
  seat: number,
  {
    funds = ARBITER_FEE,
    rules = { automatic: true, maximumBond: null },
  }: { funds?: bigint; rules?: ChallengeRules } = {},
  home = newHome(),
): Promise<Owner> {
  const { world, store } = stage;
  const key = operatorKey(seat);
  const wallet = new Wallet(key, world.chain.provider);
  await world.chain.provider.send('anvil_setBalance', [wallet.address, '0xde0b6b3a7640000']);
  if (funds > 0n) await world.deployer.contracts.paymentToken.send.mint(toAddress(wallet.address), funds);
  const contracts = connectAs(world.deployment, await createTransactor(wallet));
  const { dataset } = at(stage.listings, seat);
  const said: Said = [];
  let wake: () => void = () => undefined;
  const say = (facts: object, message: string) => {
    said.push({ ...facts, message });
    wake();
  };
  const log = { info: say, warn: say };
  const stop = new AbortController();
  const { chainId, escrow } = world.deployment;
  const setting = {
    domain: { chainId, escrow },
    key,
    operator: toAddress(wallet.address),
    holdings: { dataset },
    chain: chainReads(contracts, BigInt(dataset)),
    store,
    journal: openJournal(home, key, quick),
    evidenceFolder: home,
    postings: openPostings(home, quick),
    court: { contracts, rules },
    release: () => undefined,
    coordinator: () => fake().api,
    timeAt: () => 1_900_000_000,
    rng: seededRng(Uint8Array.of(seat)),
    now: () => 1_900_000_000,
    pollMillis: 5,
    patience: { first: 1, longest: 4, signal: stop.signal, log },
    log,
  } as unknown as Setting;
  return {
    setting,
    said,
    stop,
    async heard(kind) {
      for (const deadline = Date.now() + 50_000; !said.some(({ posting }) => posting === kind);) {
        if (Date.now() > deadline) throw new Error(`not said: ${kind}; but ${JSON.stringify(said)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 100);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}
