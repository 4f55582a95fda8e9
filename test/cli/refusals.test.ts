/** Refusals of single commands: what was asked can't be done, or was done already. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Wallet } from 'ethers';
import { expect } from 'chai';
import { auditJob } from '#cli/commands/audit.ts';
import { deployContracts } from '#cli/commands/chain.ts';
import { register } from '#cli/commands/owner-register.ts';
import { report } from '#cli/output.ts';
import { ownerHome } from '#cli/owner-home.ts';
import { readSettings } from '#cli/settings.ts';
import { TributaryError } from '#crypto/error.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { startTestChain } from '#test/support/chain.ts';
import { lightKey, startOwnerStage, type OwnerStage } from './owner-stage.ts';
import { tributary } from './program.ts';
import { registrationOf } from './registration.ts';

describe('a command', function () {
  this.timeout(60_000);
  let stage: OwnerStage;
  before(async () => {
    stage = await startOwnerStage();
  });
  after(() => stage.stop());

  describe('to audit', () => {
    it('refuses a level that there is not, before it asks a chain', async () => {
      const options = { home: stage.path('none'), json: true };
      for (const level of [0, 6]) {
        const refused = await failureOf(auditJob({ ...options, levels: [1, level] }, '1'));
        expect(refused.code).to.equal('audit/no-such-level');
        expect(refused.message).to.equal(`levels are 1, 2, 3, 4, 5, not ${level}`);
      }
      const { status, json } = await tributary(['--json', 'audit', '1', '--levels', '2,6']);
      expect(status).to.equal(1);
      expect(json).to.have.nested.property('error.code', 'audit/no-such-level');
    });

    it('names a file that is no proof of fault', async () => {
      writeFileSync(stage.path('fault.json'), '{}');
      for (const name of ['nowhere.json', 'fault.json']) {
        const options = { ...stage.options, levels: [1], fault: stage.path(name) };
        const refused = await failureOf(auditJob(options, '1'));
        expect(refused.code).to.equal('fault/bad-file');
        expect(refused.message).to.contain(stage.path(name));
      }
    });

    it('names a folder of evidence that can not be read', async () => {
      writeFileSync(stage.path('evidence.car'), 'x');
      for (const [name, reason] of [
        ['nowhere', 'ENOENT'],
        ['evidence.car', 'ENOTDIR'],
      ] as const) {
        const options = { ...stage.options, levels: [1], evidence: stage.path(name) };
        const refused = await failureOf(auditJob(options, '1'));
        expect(refused.code).to.equal('evidence/no-folder');
        expect(refused.message).to.contain(`${stage.path(name)} can not be read`);
        expect(refused.cause).to.have.property('code', reason);
      }
    });
  });

  describe('to register', () => {
    const offer = (home: string, price: string) => ({
      ...{ ...stage.options, home, price, dryRun: true },
      ...{ data: stage.path('rows.csv'), label: 'ill', leaveOut: [], peers: [`0x${'11'.repeat(20)}`] },
      ...{ name: 'Clinic', description: 'Rows.', license: 'https://spdx.org/licenses/CC0-1.0' },
      ...{ minimumCohort: 3, maximumRounds: 10, cap: 10, validDays: 1 },
    });

    it('refuses a price that is no whole number of base units', async () => {
      for (const price of ['1.5', '-1', '', 'ten', '0x10', '1e3']) {
        const refused = await failureOf(register(offer(stage.path('fresh'), price)));
        expect(refused.code, price).to.equal('settings/bad-amount');
        expect(refused.message).to.equal(`"${price}" is no amount: write whole base units`);
      }
    });

    it('refuses a second dataset in one home, whatever else is wrong', async () => {
      const home = stage.path('done');
      mkdirSync(home);
      ownerHome(readSettings({ home }, {})).register(registrationOf(3));
      const refused = await failureOf(register(offer(home, 'ten')));
      expect(refused.code).to.equal('owner/registered');
      expect(refused.message).to.contain('registered dataset 3 already');
    });
  });

  it('to deploy asks which token pays, who judges and who administers, off the local chain', async () => {
    const chain = await startTestChain({ chainId: 4_242, accounts: 1 });
    try {
      const home = stage.path('public');
      const deployment = stage.path('public.json');
      await lightKey(`${home}/deployer.json`, new Wallet(chain.accounts[0]!.key));
      const floors = { minRoundTimeout: 5, minShortWindow: 2, minLongWindow: 30 };
      const options = { ...stage.options, ...floors, home, deployment, rpc: chain.url };
      const refused = await failureOf(deployContracts(options));
      expect(refused.code).to.equal('settings/no-payment-token');
      expect(refused.message).to.contain('--payment-token');
      const token = `0x${'70'.repeat(20)}`;
      const paying = { ...options, paymentToken: token };
      expect((await failureOf(deployContracts(paying))).code).to.equal('settings/no-arbiter');
      expect((await failureOf(deployContracts({ ...paying, arbiter: token }))).code).to.equal(
        'settings/no-admin',
      );
      expect(await chain.provider.getBlockNumber(), 'nothing was sent').to.equal(0);
    } finally {
      await chain.stop();
    }
  });

  describe('that fails', () => {
    it('of a refusal tells its code, of anything else that it is a bug', () => {
      const refused = new TributaryError('job/unknown', 'no such job');
      expect(JSON.parse(reported(refused, true))).to.deep.equal({
        error: { code: 'job/unknown', message: 'no such job' },
      });
      for (const bug of [new TypeError('x is undefined'), 'x is undefined']) {
        expect(JSON.parse(reported(bug, true))).to.deep.equal({
          error: { code: 'internal/bug', message: 'x is undefined' },
        });
        expect(reported(bug, false)).to.match(/error internal\/bug\S*: x is undefined\n$/);
      }
    });

    it('shows where a bug is only to those who ask for it', () => {
      const before = process.env['TRIBUTARY_DEBUG'];
      process.env['TRIBUTARY_DEBUG'] = '1';
      try {
        expect(reported(new TypeError('x'), false)).to.match(/TypeError: x\n +at /);
        expect(reported(new TributaryError('job/unknown', 'x'), false)).to.not.match(/\n +at /);
      } finally {
        if (before === undefined) delete process.env['TRIBUTARY_DEBUG'];
        else process.env['TRIBUTARY_DEBUG'] = before;
      }
    });
  });
});

/** What `report` writes on standard error. */
function reported(error: unknown, json: boolean): string {
  const { stderr } = process;
  const write = stderr.write.bind(stderr);
  let text = '';
  stderr.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    report(error, json);
  } finally {
    stderr.write = write;
  }
  return text;
}
