/** `tributary/sdk` as an outsider has it: typed, in plain Node, against a real coordinator; and the examples that use it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import ts from 'typescript';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { exportCar } from '#datasets/car.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { buyerKey, digestOfText, domain, honestly, rulesOf } from '../coordinator/fixtures.ts';
import { serve, type Service } from '../coordinator/http/service.ts';
import { outsider, type Outsider } from './outsider.ts';

const members = cohort({ n: 4 });
const { id } = members;
const addressOf = (key: SigningKey) => toAddress(computeAddress(key.publicKey));

describe('tributary/sdk', function () {
  this.timeout(120_000);
  let project: Outsider;
  let service: Service | null = null;
  before(async () => {
    project = await outsider();
  });
  after(() => project.remove());
  afterEach(async () => {
    await service?.stop();
    service = null;
  });
  const begin = async (state: Attempt) => (service = await serve(members, state));

  const calls = `
    import { coordinatorApi, operations, TributaryError } from 'tributary/sdk';
    const api = coordinatorApi(process.argv[2] ?? '');
    const { chainId, escrow } = await api.status();
    const { jobs, next } = await api.jobs();
    const refused: unknown = await api.job(8).catch((error: unknown) => error);
    const code = refused instanceof TributaryError ? refused.code : null;
    const { phase } = await api.attempt({ job: 7, round: 1, attempt: 1 });
    console.log(JSON.stringify({ chainId, escrow, jobs, next, code, phase, path: operations.jobs.path }));`;
  const example = (name: string) => readFileSync(join('examples', name, 'main.ts'), 'utf8');

  it('is imported by its package name in plain Node, and calls a coordinator', async () => {
    const { url } = await begin(announce(rulesOf(members)));
    await project.take('calls', calls);
    const { code, lines, errors } = await project.run('calls.js', [url]);
    expect([code, errors]).to.deep.equal([0, '']);
    expect(lines).to.deep.equal([
      {
        ...domain,
        jobs: [{ job: 7, state: 'active', round: 1, attempt: 1, rounds: 3 }],
        ...{ next: null, code: 'job/unknown', phase: 'announced', path: '/v1/jobs' },
      },
    ]);
  });

  it('has declarations that name one another, and packages that it asks for', () => {
    const types = join(project.folder, 'node_modules', 'tributary', 'dist', 'types');
    const packages = new Set<string>();
    for (const name of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.d.ts')) continue;
      const path = join(types, name);
      for (const { fileName } of ts.preProcessFile(readFileSync(path, 'utf8'), true, true).importedFiles)
        if (!fileName.startsWith('.')) packages.add(fileName);
        else
          expect(existsSync(join(path, '..', fileName.replace(/\.js$/, '.d.ts'))), fileName).to.equal(true);
    }
    expect([...packages].sort()).to.deep.equal(['ethers', 'multiformats/cid', 'zod', 'zod/v4/core']);
  });

  it('is typed, and gives nothing else of the package', () => {
    const begun = `import { coordinatorApi, type AttemptView } from 'tributary/sdk';\n`;
    const diagnostics = project.compile({
      ...{ calls, owner: example('sdk-owner'), buyer: example('sdk-buyer'), auditor: example('sdk-auditor') },
      call: `${begun} void coordinatorApi('http://c').launch();`,
      field: `${begun} void coordinatorApi('http://c').confirm({ job: 1, round: 1, attempt: 1 }, {});`,
      part: `${begun} export const of = (view: AttemptView) => (view.phase === 'sharing' ? view.proposal : 0);`,
      inside: `import { createApp } from 'tributary/coordinator/http/app.ts';\nvoid createApp;`,
    });
    const [call, field, inside, part, ...more] = diagnostics;
    expect(call).to.match(/^call: Property 'launch' does not exist/);
    expect(field).to.match(/^field: Argument of type '{}'/);
    expect(part).to.match(/^part: Property 'proposal' does not exist/);
    expect(inside).to.match(/^inside: Cannot find module/);
    expect(more).to.deep.equal([]);
  });

  describe('examples', () => {
    async function runExample(name: string, args: readonly string[], env: Record<string, string> = {}) {
      await project.take(name, example(name));
      return project.run(`${name}.js`, args, env);
    }

    it('owner: follows an attempt to its end', async () => {
      const { url, clock } = await begin(honestly(members, 'masking'));
      const timers = clock.timers();
      const running = runExample('sdk-owner', [url, '7', addressOf(operatorKey(2))]);
      // Until it waits for what comes next.
      for (let left = 1_500; clock.timers() === timers; left--) {
        if (left === 0) expect.fail('the example does not wait');
        await delay(20);
      }
      await clock.advance(100_000);
      const { code, lines, errors } = await running;
      expect([code, errors]).to.deep.equal([0, '']);
      expect(lines.map(({ phase, in: member }) => [phase, member])).to.deep.equal([
        ['masking', true],
        ['aborted', false],
      ]);
    });

    it('buyer: approves what waits for it, and is told why where it may not', async () => {
      const { url, driver } = await begin(honestly(members, 'settling'));
      const stranger = new SigningKey(digestOfText('stranger'));
      const as = (key: SigningKey) => runExample('sdk-buyer', [url], { BUYER_KEY: key.privateKey });
      const refused = await as(stranger);
      expect(refused.lines).to.deep.equal([{ event: 'refused', ...id, code: 'message/bad-signature' }]);
      const approved = await as(buyerKey);
      expect(approved.errors).to.equal('');
      expect(approved.lines[0]).to.include({ event: 'approved', job: 7 });
      expect(await driver.attempt(id))
        .to.have.property('approval')
        .that.is.a('string');
    });

    it('auditor: fetches evidence as a reader that the terms name', async () => {
      const reader = new SigningKey(digestOfText('reader'));
      const evidence = { ...evidenceByDefault, readers: [addressOf(reader)] };
      const settling = honestly(members, 'settling', rulesOf(members, { evidence }));
      const blocks = scratchStore();
      const root = await writeBlock(blocks, { kind: 'tributary/test' });
      const proposal = { ...settling.proposal, evidence: digestHex(root) };
      const { url, clock, evidence: kept } = await begin({ ...settling, proposal });
      await writeBlock(kept(id), { kind: 'tributary/test' });
      clock.set(toSeconds(Math.floor(Date.now() / 1000)));
      const args = [url, '7', '1', '1', 'evidence.car'];
      const { code, lines, errors } = await runExample('sdk-auditor', args, {
        READER_KEY: reader.privateKey,
      });
      expect([code, errors]).to.deep.equal([0, '']);
      const pieces: Uint8Array[] = [];
      for await (const piece of exportCar(blocks, root)) pieces.push(piece);
      const expected = Buffer.concat(pieces);
      expect(lines).to.deep.equal([
        { event: 'fetched', ...id, bytes: expected.length, file: 'evidence.car' },
      ]);
      expect(readFileSync(join(project.folder, 'evidence.car')).equals(expected)).to.equal(true);
    });
  });
});
