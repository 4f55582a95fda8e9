/** Secrets are rotated in the database of a coordinator that does not run, by its own account alone. docs/rotation.md */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { drain, rotateSecrets } from '#cli/commands/coordinator-control.ts';
import { storeKey } from '#cli/keystore.ts';
import { rotateHere } from '#coordinator/control/rotate-here.ts';
import { claim } from '#coordinator/store/claim.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { toAddress } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf, inProcess } from '#test/cli/program.ts';
import { memoryLog } from '../fakes.ts';
import { preparedDatabase } from '../store/folder.ts';

describe('the secrets of a coordinator that does not run', function () {
  this.timeout(60_000);
  const wallet = new Wallet(digestOfText('the account of a coordinator'));
  let home: string;
  const options = () => ({ home, json: true, passwordFile: join(home, 'password.txt') });
  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'tributary-rotate-'));
    writeFileSync(join(home, 'password.txt'), 'password');
    await storeKey(join(home, 'coordinator.json'), wallet, 'password');
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  /** As its first start leaves it. */
  async function started(): Promise<void> {
    const folder = join(home, 'coordinator');
    mkdirSync(folder, { recursive: true });
    const database = await openEmbedded({ folder, prepared: preparedDatabase() });
    const escrow = toAddress(`0x${'e5'.repeat(20)}`);
    await claim(database, { chainId: 31_337, escrow, coordinator: toAddress(wallet.address) });
    await database.close();
  }

  it('are none where no coordinator ever ran', async () => {
    expect(await codeOf(() => rotateSecrets({ ...options(), yes: true }))).to.equal('control/not-running');
    expect(await codeOf(() => drain(options()))).to.equal('control/not-running');
  });

  it('are rotated by who means it, with one wish', async () => {
    expect(await codeOf(() => rotateSecrets(options()))).to.equal('control/not-confirmed');
    const both = () => rotateSecrets({ ...options(), now: true, keepDays: 3, yes: true });
    expect(await codeOf(both)).to.equal('control/rotation');
  });

  it('are rotated by the account that they are sealed under, and by no other', async () => {
    await started();
    const other = new Wallet(digestOfText('another account'));
    const parts = {
      folder: join(home, 'coordinator'),
      databaseUrl: undefined,
      keepSeconds: 0,
      log: memoryLog(),
    };
    expect(await codeOf(() => rotateHere({ ...parts, wallet: other }))).to.equal(
      'database/other-coordinator',
    );
    const now = Math.floor(Date.now() / 1000);
    const { last } = await inProcess(() => rotateSecrets({ ...options(), keepDays: 3, yes: true }));
    // Had the other one rotated, this would be the second.
    expect(last).to.include({ event: 'rotated', secret: 1 });
    expect(Number(last['previousRetiresAt'])).to.be.within(now + 3 * 86_400, now + 3 * 86_400 + 60);
  });
});
