/** Rotates the secrets of tokens in a coordinator's database, where no coordinator of this home runs to do it. docs/rotation.md */
import type { Wallet } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import { systemRng } from '#crypto/random.ts';
import { toAddress } from '#protocol/units.ts';
import { sealing } from '../access/sealing.ts';
import { tokenSecrets, type Rotated } from '../access/secrets.ts';
import { systemClock } from '../driver/clock.ts';
import type { Log } from '../driver/log.ts';
import type { Database } from '../store/database.ts';
import { openEmbedded } from '../store/embedded-database.ts';
import { openSecretRows } from '../store/secret-rows.ts';
import { openServer } from '../store/server-database.ts';

type RotateParts = Readonly<{
  /** Holds the embedded database, unless there is a server's. */
  folder: string;
  databaseUrl: string | undefined;
  /** Of the account whose coordinator it is. */
  wallet: Wallet;
  /** As {@link Secrets.rotate} has it. */
  keepSeconds: number;
  log: Log;
}>;

/** @throws TributaryError `database/…`, `database/other-coordinator` where it is another account's */
export async function rotateHere({
  folder,
  databaseUrl,
  wallet,
  keepSeconds,
  log,
}: RotateParts): Promise<Rotated> {
  const database =
    databaseUrl === undefined
      ? await openEmbedded({ folder, prepared: undefined })
      : await openServer(databaseUrl, 'tributary rotate');
  try {
    await assertOwn(database, wallet);
    const now = () => systemClock.now();
    const parts = {
      rows: openSecretRows(database),
      sealing: sealing(wallet.privateKey),
      rng: systemRng(),
      now,
      log,
    };
    return await tokenSecrets(parts).rotate(keepSeconds);
  } finally {
    await database.close();
  }
}

async function assertOwn(database: Database, wallet: Wallet): Promise<void> {
  const [row] = await database.query<{ address: string }>('select address from coordinator');
  const own = toAddress(wallet.address);
  if (row?.address === own) return;
  const whose = row ? `of ${row.address}, not of ${own}` : `no coordinator's yet: start one first`;
  throw new TributaryError('database/other-coordinator', `the database is ${whose}`);
}
