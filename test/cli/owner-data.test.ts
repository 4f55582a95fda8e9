/** An owner's data at the command line: inspected, split and registered, with refusals that say what to do. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { computeAddress, encryptKeystoreJsonSync } from 'ethers';
import { inspect } from '#cli/commands/owner-inspect.ts';
import { register } from '#cli/commands/owner-register.ts';
import { split } from '#cli/commands/owner-split.ts';
import type { TributaryError } from '#crypto/error.ts';
import type { WrittenSchema } from '#datasets/schema.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { tributary } from './program.ts';

describe("an owner's data", function () {
  this.timeout(60_000);
  let home: string;
  before(() => {
    home = mkdtempSync(join(tmpdir(), 'tributary-data-'));
    writeFileSync(path('password'), 'secret');
    const row = (i: number) => `P${i},${20.5 + (i % 40)},${i % 3 ? 'f' : 'm'},${i % 2 ? 'yes' : 'no'}`;
    writeFileSync(
      path('rows.csv'),
      `patient_id,age,sex,ill\n${Array.from({ length: 80 }, (_, i) => row(i)).join('\n')}\n`,
    );
  });
  after(() => rmSync(home, { recursive: true, force: true }));
  const path = (name: string) => join(home, name);
  const common = () => ({ home, passwordFile: path('password'), data: path('rows.csv') });
  const usage = async (...args: string[]) => (await tributary(['--home', home, 'owner', ...args])).status;

  it('are shown with their classes, warnings and the next command', async () => {
    const { text } = await said(() => inspect({ ...common(), leaveOut: [] }));
    expect(text).to.contain('80 rows of csv, label ill (class)');
    expect(text).to.match(/age +number +0 +40 +20 … 60/);
    expect(text).to.match(/sex +category +0 +2 +f, m/);
    expect(text).to.match(/no +40 +50\.0 %/);
    expect(text).to.contain('WARNING identifier patient_id: ');
    expect(text).to.contain('note public-bounds: ');
    expect(text).to.contain('--label ill --leave-out patient_id --write schema.json');
  });

  it('give a schema, written once and for their owner alone', async () => {
    const options = { ...common(), json: true, leaveOut: ['patient_id'], write: path('schema.json') };
    const { json } = await said(() => inspect(options));
    expect(json).to.include({ event: 'inspected', rows: 80, written: options.write });
    const { columns, label } = json['schema'] as WrittenSchema;
    expect(JSON.parse(readFileSync(options.write, 'utf8'))).to.deep.equal(json['schema']);
    expect(columns.map(({ name, type }) => [name, type])).to.deep.equal([
      ['age', 'number'],
      ['sex', 'category'],
    ]);
    expect(label).to.deep.equal({ type: 'class', name: 'ill', classes: ['no', 'yes'] });
    expect(json['label']).to.deep.equal({
      name: 'ill',
      missing: 0,
      classes: [
        { name: 'no', rows: 40 },
        { name: 'yes', rows: 40 },
      ],
    });
    expect(statSync(options.write).mode & 0o777).to.equal(0o600);
    expect((await failureOf(inspect(options))).code).to.equal('data/exists');
    const nowhere = inspect({ ...options, write: path('none/schema.json') });
    expect((await failureOf(nowhere)).code).to.equal('data/unwritable');
    const { text } = await said(() => inspect({ ...options, json: false, write: path('again.json') }));
    expect(text).to.contain(`owner register --data ${options.data} --schema ${path('again.json')}`);
  });

  it('are split in two files, and never over another', async () => {
    const to = { fraction: 0.2, seed: '1', outTrain: path('a.csv'), outTest: path('b.csv') };
    const { json } = await said(() => split({ ...common(), json: true, ...to }));
    expect(Number(json['training']) + Number(json['test'])).to.equal(80);
    const lines = (name: string) => readFileSync(path(name), 'utf8').trimEnd().split('\n').length - 1;
    expect([lines('a.csv'), lines('b.csv')]).to.deep.equal([json['training'], json['test']]);
    expect((await failureOf(split({ ...common(), ...to }))).code).to.equal('data/exists');
    const parts = ['--out-train', path('c.csv'), '--out-test', path('d.csv')];
    expect(await usage('split', '--data', path('rows.csv'), ...parts, '--fraction', '1.5')).to.equal(2);
  });

  it('are registered by a schema or a label, but not by neither', async () => {
    const offer = {
      ...common(),
      json: true,
      dryRun: true,
      name: 'Clinic',
      description: 'Rows.',
      license: 'https://spdx.org/licenses/CC0-1.0',
      price: '5',
      peers: [`0x${'11'.repeat(20)}`, `0x${'22'.repeat(20)}`],
      minimumCohort: 3,
      maximumRounds: 10,
      cap: 10,
      validDays: 1,
      leaveOut: [],
    };
    expect((await failureOf(register(offer))).code).to.equal('schema/none');
    let refused: TributaryError | undefined;
    await said(async () => {
      refused = await failureOf(register({ ...offer, label: 'ill' }));
    });
    expect(refused?.code).to.equal('inspect/warnings');
    expect(refused?.message).to.contain('identifier patient_id');
    for (const name of ['owner', 'operator']) {
      const account = { address: computeAddress(`0x${'7'.repeat(64)}`), privateKey: `0x${'7'.repeat(64)}` };
      const json = encryptKeystoreJsonSync(account, 'secret', { scrypt: { N: 1_024, r: 8, p: 1 } });
      writeFileSync(path(`${name}.json`), json, { mode: 0o600 });
    }
    writeFileSync(path('salt'), `0x${'5a'.repeat(32)}`);
    const withoutId = { label: 'ill', leaveOut: ['patient_id'] };
    const digests = [];
    for (const change of [
      { schema: path('schema.json') },
      withoutId,
      { label: 'ill', acceptWarnings: true },
      { ...withoutId, layers: ['Dense'] },
    ]) {
      // It describes the dataset without a chain; what its transactions cost only a chain can say.
      const { json } = await said(async () => {
        refused = await failureOf(register({ ...offer, ...change }));
      });
      expect(json).to.include({ event: 'described', price: '5', rows: 64 });
      expect(refused?.code).to.equal('settings/no-deployment');
      digests.push(json['descriptor']);
    }
    expect(digests[1], 'the same schema').to.equal(digests[0]);
    expect(new Set(digests).size).to.equal(3);
    const both = ['--schema', 'x', '--label', 'y', '--name', 'n', '--price', '1', '--peers', '0x'];
    expect(await usage('register', '--data', path('rows.csv'), ...both)).to.equal(2);
  });
});

/** What a command writes on standard output, as text and as the JSON of its last line. */
async function said(command: () => Promise<void>): Promise<{ text: string; json: Record<string, unknown> }> {
  const restore = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    return () => (stream.write = write);
  });
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  process.stderr.write = () => true;
  try {
    await command();
  } finally {
    for (const undo of restore) undo();
  }
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  return { text, json: last.startsWith('{') ? (JSON.parse(last) as Record<string, unknown>) : {} };
}
