/** An arbiter's home: its key, the evidence that it reads at the moment, and why it judged as it did. */
import { join } from 'node:path';
import { toAddress, type Address } from '#protocol/units.ts';
import { assertNoKey, createKeystore } from './keystore.ts';
import { readNewPassword } from './password.ts';
import type { Settings } from './settings.ts';

export type ArbiterHome = Readonly<{ key: string; lock: string; evidence: string; judgements: string }>;

export function arbiterHome({ home }: Pick<Settings, 'home'>): ArbiterHome {
  const inside = (name: string) => join(home, 'arbiter', name);
  return {
    key: join(home, 'arbiter.json'),
    lock: inside('lock'),
    evidence: inside('evidence'),
    judgements: inside('judgements'),
  };
}

/** @throws TributaryError `keystore/…` */
export async function createArbiterKey(settings: Settings): Promise<Address> {
  const { key } = arbiterHome(settings);
  assertNoKey(key);
  const wallet = await createKeystore(key, await readNewPassword(settings.passwordFile));
  return toAddress(wallet.address);
}
