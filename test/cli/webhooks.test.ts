/** `tributary webhooks`: made, listed, their secret replaced, delivered again and deleted from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { create, deadLetters, list, redeliver, remove, rotate } from '#cli/commands/webhooks.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { Webhooks } from '#coordinator/webhooks/webhooks.ts';
import { toSeconds } from '#protocol/units.ts';
import { buyerKey, rulesOf } from '#test/coordinator/fixtures.ts';
import { serve, type Service } from '#test/coordinator/http/service.ts';
import { cohort } from '#test/support/cohort.ts';
import { lightKey, PASSWORD } from './owner-stage.ts';
import { codeOf, inProcess } from './program.ts';

const members = cohort({ n: 3 });
const url = 'https://receiver.example/hook';
const dead = [1, 2].map((one) => `msg_${String(one).repeat(32)}`);

describe('webhooks from the command line', () => {
  let service: Service;
  let home: string;
  const again: string[] = [];
  let options: Readonly<{
    home: string;
    passwordFile: string;
    coordinator: string;
    keystore: string;
    json: true;
  }>;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)), {}, {});
    service.clock.set(toSeconds(Math.floor(Date.now() / 1000)));
    home = mkdtempSync(join(tmpdir(), 'tributary-webhooks-'));
    writeFileSync(join(home, 'password'), `${PASSWORD}\n`);
    await lightKey(join(home, 'buyer.json'), new Wallet(buyerKey));
    options = {
      ...{ home, passwordFile: join(home, 'password'), coordinator: service.url },
      ...{ keystore: join(home, 'buyer.json'), json: true },
    };
  });
  after(async () => {
    await service.stop();
    rmSync(home, { recursive: true });
  });

  const listed = async () =>
    (await inProcess(() => list(options))).last['webhooks'] as Record<string, unknown>[];

  it('are planned without anything being made, then made, listed, rotated and deleted', async () => {
    const { last: planned } = await inProcess(() => create({ ...options, job: 7, dryRun: true }, url));
    expect(planned).to.deep.equal({ event: 'webhook-plan', url, job: 7 });
    expect(await listed()).to.deep.equal([]);

    const { last: made } = await inProcess(() => create({ ...options, job: 7 }, url));
    expect(made).to.include({ event: 'webhook', url, job: 7 });
    const id = String(made['id']);
    expect((await listed()).map((one) => one['id'])).to.deep.equal([id]);
    expect(JSON.stringify(await listed())).to.not.contain('whsec_');

    const { last: asked } = await inProcess(() => rotate({ ...options, dryRun: true }, id));
    expect(asked).to.deep.equal({ event: 'webhook-rotate-plan', id, url });
    const { last: rotated } = await inProcess(() => rotate(options, id));
    expect(rotated).to.include({ event: 'webhook-secret', id });
    expect(rotated['secret'])
      .to.match(/^whsec_/)
      .and.not.equal(made['secret']);

    await inProcess(() => remove({ ...options, dryRun: true }, id));
    expect(await listed()).to.have.length(1);
    expect((await inProcess(() => remove(options, id))).last).to.include({ event: 'webhook-deleted', url });
    expect(await listed()).to.deep.equal([]);
    for (const act of [remove, rotate])
      expect(await codeOf(() => act(options, id))).to.equal('webhook/unknown');
    expect((await inProcess(() => create(options, url))).last).to.include({ job: null });
  });

  it('say what was given up, and deliver it again: all of it, or what is named', async () => {
    await service.stop();
    const letters = dead.map((id) => ({
      ...{ id, type: 'job.settled', createdAt: toSeconds(1), diedAt: toSeconds(2) },
      ...{ tries: 11, failure: 'webhook/timeout' },
    }));
    const webhooks = {
      deadLetters: async () => letters,
      redeliver: async (_caller: unknown, _id: string, letter: string) => void again.push(letter),
    } as Pick<Webhooks, 'deadLetters' | 'redeliver'> as Webhooks;
    service = await serve(members, announce(rulesOf(members)), {}, { webhooks });
    service.clock.set(toSeconds(Math.floor(Date.now() / 1000)));
    options = { ...options, coordinator: service.url };
    const id = '0e'.repeat(16);
    const { last } = await inProcess(() => deadLetters(options, id));
    expect(last['letters']).to.deep.equal(letters);
    const { last: plan } = await inProcess(() => redeliver({ ...options, dryRun: true }, id));
    expect(plan).to.deep.equal({ event: 'redelivery-plan', id, messages: dead });
    expect(again).to.deep.equal([]);
    await inProcess(() => redeliver(options, id));
    await inProcess(() => redeliver(options, id, dead[1]!));
    expect(again).to.deep.equal([...dead, dead[1]]);
  });
});
