/** The command line's own duties: settings, keys, the test hook, and errors that say what to do. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { deploymentAt } from '#test/support/deployment.ts';
import { readDeployment } from '#cli/chain.ts';
import { readHold } from '#cli/hold.ts';
import { settlingPoints } from '#coordinator/driver/hold.ts';
import { readLie } from '#cli/lie.ts';
import { jobNumber } from '#cli/job-option.ts';
import { createKeystore, openKeystore } from '#cli/keystore.ts';
import { table } from '#cli/output.ts';
import { ownerHome, registered } from '#cli/owner-home.ts';
import { readNewPassword, readPassword } from '#cli/password.ts';
import { readCoordinatorStorage } from '#cli/coordinator-storage.ts';
import { readSettings } from '#cli/settings.ts';
import { TributaryError } from '#crypto/error.ts';
import { toAddress } from '#protocol/units.ts';
import { registrationOf } from './registration.ts';

const codeOf = async (action: () => unknown): Promise<string> => {
  try {
    await action();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
};

describe('the command line', function () {
  this.timeout(60_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-cli-'));
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  const tributary = (...args: string[]) =>
    spawnSync(process.execPath, ['cli/tributary.mjs', '--home', home, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TRIBUTARY_HOLD: '', TRIBUTARY_DEPLOYMENT: '', TRIBUTARY_PASSWORD_FILE: '' },
    });

  describe('settings', () => {
    it('take a flag over the environment over the file over the default', () => {
      writeFileSync(join(home, 'tributary.yaml'), 'rpc: http://file:1\nipfs: http://file:2\n');
      const env = { TRIBUTARY_HOME: home, TRIBUTARY_IPFS: 'http://env:2' };
      expect(readSettings({ rpc: 'http://flag:1' }, env)).to.include({
        rpc: 'http://flag:1',
        ipfs: 'http://env:2',
      });
      expect(readSettings({}, env)).to.include({
        rpc: 'http://file:1',
        home,
        deployment: join(home, 'deployment.json'),
      });
      expect(readSettings({}, { TRIBUTARY_HOME: join(home, 'none') }).rpc).to.equal('http://127.0.0.1:8545');
    });
    it('refuse a file with anything else in it', async () => {
      writeFileSync(join(home, 'tributary.yaml'), 'rcp: http://file:1\n');
      expect(await codeOf(() => readSettings({ home }, {}))).to.equal('settings/bad-file');
      rmSync(join(home, 'tributary.yaml'));
    });
    it('name a database by the environment, or by a file that nobody else can read', async () => {
      const path = join(home, 'tributary.yaml');
      const url = 'postgres://a:s3cret@db.example/one';
      writeFileSync(path, `database: ${url}\nblobs: inputs\n`);
      chmodSync(path, 0o640);
      const named = { databaseUrl: 'postgres://env', blobs: join(home, 'inputs') };
      expect(readCoordinatorStorage({ home }, undefined, { DATABASE_URL: named.databaseUrl })).to.deep.equal(
        named,
      );
      const exposed = () => readCoordinatorStorage({ home }, undefined, {});
      expect(await codeOf(exposed)).to.equal('settings/exposed');
      expect(exposed).to.throw(/^(?!.*s3cret)/);
      chmodSync(path, 0o600);
      const flag = readCoordinatorStorage({ home }, join(home, 'flag'), { TRIBUTARY_BLOBS: '/env' });
      expect(flag).to.deep.equal({ databaseUrl: url, blobs: join(home, 'flag') });
      expect(readCoordinatorStorage({ home }, undefined, { TRIBUTARY_BLOBS: '/env' }).blobs).to.equal('/env');
      rmSync(path);
      const none = { databaseUrl: undefined, blobs: undefined };
      expect(readCoordinatorStorage({ home }, undefined, { DATABASE_URL: '' })).to.deep.equal(none);
    });
    it('refuse a missing or damaged deployment record', async () => {
      expect(await codeOf(() => readDeployment(join(home, 'none.json')))).to.equal('settings/no-deployment');
      writeFileSync(join(home, 'bad.json'), '{"chainId": 1}');
      expect(await codeOf(() => readDeployment(join(home, 'bad.json')))).to.equal('settings/no-deployment');
    });
  });

  describe('a keystore', () => {
    it('opens with its password only, and is for its owner alone', async () => {
      const path = join(home, 'keys', 'owner.json');
      const made = await createKeystore(path, 'right');
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      expect(readFileSync(path, 'utf8')).to.not.include(made.privateKey.slice(2));
      expect((await openKeystore(path, 'right')).address).to.equal(made.address);
      expect(await codeOf(() => openKeystore(path, 'wrong'))).to.equal('keystore/wrong-password');
      expect(await codeOf(() => createKeystore(path, 'right'))).to.equal('keystore/exists');
      expect((await openKeystore(path, 'right')).address).to.equal(made.address);
    });
    it('is missed by name, and so is its password', async () => {
      expect(await codeOf(() => openKeystore(join(home, 'none.json'), 'x'))).to.equal('keystore/missing');
      expect(await codeOf(() => readPassword(join(home, 'none')))).to.equal('keystore/no-password');
      writeFileSync(join(home, 'password'), ' pass word \r\n');
      expect(await readPassword(join(home, 'password'))).to.equal(' pass word ');
      expect(await readNewPassword(join(home, 'password'))).to.equal(' pass word ');
      writeFileSync(join(home, 'empty'), '\n');
      expect(await codeOf(() => readNewPassword(join(home, 'empty')))).to.equal('keystore/empty-password');
      const typed = (...answers: string[]) => readNewPassword(null, async () => answers.shift() ?? '');
      expect(await typed('one', 'one')).to.equal('one');
      expect(await codeOf(() => typed('one', 'two'))).to.equal('keystore/passwords-differ');
    });
  });

  describe('an owner’s home', () => {
    const settings = () => ({
      ...readSettings({ home: join(home, 'o') }, {}),
      passwordFile: join(home, 'password'),
    });
    it('remembers what was registered, and says so when nothing was', async () => {
      expect(await codeOf(() => registered(ownerHome(settings())))).to.equal('owner/not-registered');
      const done = registrationOf(3);
      ownerHome(settings()).register(done);
      expect(registered(ownerHome(settings()))).to.deep.equal(done);
      writeFileSync(join(home, 'o', 'dataset.json'), '{"dataset": 0}');
      expect(await codeOf(() => ownerHome(settings()).registration())).to.equal('settings/bad-file');
    });
    it('has two keys and a salt of its own', async () => {
      expect(await codeOf(() => ownerHome(settings()).salt())).to.equal('keystore/missing');
      // An init that was cut after the first key.
      const { address } = await createKeystore(join(home, 'o', 'owner.json'), ' pass word ');
      const { owner, operator } = await ownerHome(settings()).init(true);
      expect(owner).to.equal(address.toLowerCase());
      expect(operator).to.not.equal(owner);
      expect(ownerHome(settings()).salt()).to.have.length(32);
      expect((await ownerHome(settings()).operatorKey()).address.toLowerCase()).to.equal(operator);
      expect(await codeOf(() => ownerHome(settings()).init(true))).to.equal('keystore/exists');
    });
  });

  describe('the test hook', () => {
    it('names a phase and perhaps a round', () => {
      expect(readHold(31_337, 'masking@2')).to.deep.equal({ phase: 'masking', round: 2 });
      expect(readHold(31_337, 'settled')).to.deep.equal({ phase: 'settled', round: null });
      expect(readHold(1, '')).to.equal(null);
    });
    it('names a point inside of the settlement, for a process that has one', async () => {
      expect(readHold(31_337, 'settling-after-broadcast@2', settlingPoints)).to.deep.equal({
        phase: 'settling-after-broadcast',
        round: 2,
      });
      expect(readHold(31_337, 'settling', settlingPoints)).to.deep.equal({ phase: 'settling', round: null });
      expect(await codeOf(() => readHold(31_337, 'settling-after-broadcast'))).to.equal('hold/refused');
      expect(await codeOf(() => readHold(1, 'settling-after-broadcast', settlingPoints))).to.equal(
        'hold/refused',
      );
    });
    it('posts a falsehood on the local chain alone, of a part and a round that there may be', async () => {
      expect(readLie(31_337, 'payout-root@2')).to.deep.equal({ part: 'payout-root', round: 2 });
      expect(readLie(1, undefined)).to.equal(null);
      expect(await codeOf(() => readLie(1, 'payout-root@2'))).to.equal('lie/refused');
      for (const text of ['', 'payout-root', 'payout-root@0', 'manifest@2', '@2']) {
        expect(await codeOf(() => readLie(31_337, text)), text).to.equal('lie/refused');
      }
    });
    it('is refused off the local chain, and for phases that there are not', async () => {
      expect(await codeOf(() => readHold(1, 'masking'))).to.equal('hold/refused');
      for (const text of ['baking', 'masking@0', 'masking@x', '@2']) {
        expect(await codeOf(() => readHold(31_337, text)), text).to.equal('hold/refused');
      }
    });
  });

  it('takes a job of this deployment only', async () => {
    const deployment = { chainId: 31_337, escrow: toAddress(`0x${'ab'.repeat(20)}`) } as never;
    expect(jobNumber(`31337:0x${'ab'.repeat(20)}/7`, deployment)).to.equal(7);
    expect(await codeOf(() => jobNumber(`1:0x${'ab'.repeat(20)}/7`, deployment))).to.equal('job/elsewhere');
    expect(await codeOf(() => jobNumber(`31337:0x${'cd'.repeat(20)}/7`, deployment))).to.equal(
      'job/elsewhere',
    );
  });

  it('aligns numbers to the right', () =>
    expect(
      table(
        ['round', 'loss'],
        [
          ['1', '0.5'],
          ['12', '–'],
        ],
      ),
    ).to.equal('round  loss\n─────  ────\n    1   0.5\n   12  –'));

  it('says what is wrong by code, without a stack, and with another exit status', () => {
    const none = tributary('buyer', 'download', '31337:0x00/1', '--out', home);
    expect(none.status).to.equal(1);
    expect(none.stderr).to.match(/^error settings\/no-deployment: .*--deployment/);
    expect(none.stderr).to.not.match(/\n\s+at /);
    const asJson = tributary('--json', 'owner', 'init');
    expect(JSON.parse(asJson.stderr)).to.have.nested.property('error.code', 'keystore/no-password');
  });

  it('reports a chain that is not there', () => {
    const deployment = deploymentAt(toAddress(`0x${'ab'.repeat(20)}`));
    writeFileSync(join(home, 'deployment.json'), JSON.stringify(deployment));
    const run = tributary('--rpc', 'http://127.0.0.1:9', 'owner', 'status', `31337:0x${'ab'.repeat(20)}/1`);
    // The home has no dataset yet, which is found before the chain is asked.
    expect(run.stderr).to.include('owner/not-registered');
    const download = tributary('--rpc', 'http://127.0.0.1:9', 'audit', `31337:0x${'ab'.repeat(20)}/1`);
    expect(download.stderr).to.include('chain/unreachable');
    expect(download.status).to.equal(1);
  });

  it('refuses a command or an option that there is not, and shows where to look', () => {
    const unknown = tributary('buyer', 'sell');
    expect(unknown.status).to.equal(2);
    expect(unknown.stderr).to.include('--help');
    const asJson = tributary('--json', 'buyer', 'sell');
    expect(JSON.parse(asJson.stderr)).to.have.nested.property('error.code', 'usage/wrong');
    expect(tributary('dev', '--chain-port', '65536').stderr).to.include('expected a port');
    expect(tributary('dev', '--block-time', '0').stderr).to.include('1 or more');
    expect(tributary('audit', 'x', '--levels', 'one').stderr).to.include('whole number');
  });
});
