/** The authorisation matrix: each operation of the list for each who may ask, down to the status. docs/api.md */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { scopes as allScopes } from '#protocol/access/scopes.ts';
import { attenuate } from '#protocol/access/token.ts';
import { operations, type OperationId } from '#protocol/http/operations.ts';
import type { Operation } from '#protocol/http/operations/operation.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { signInAs } from '../access/signing-in.ts';
import { buyerKey, honestly } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const block = { kind: 'tributary/test' };
const hooked = { url: 'https://receiver.example/', job: members.id.job };

/** Who asks: by a token of the buyer's, but for nobody and a stranger. */
const askers = [
  'nobody',
  'stranger',
  'otherScope',
  'buyer',
  'key',
  'narrowed',
  'expired',
  'revoked',
] as const;
type Asker = (typeof askers)[number];
type Row = Readonly<Record<Asker, number>>;

const everyone = (status: number): Row =>
  Object.fromEntries(askers.map((asker) => [asker, status])) as Record<Asker, number>;
/** Where a token counts: what stands here is for one that is good. */
const holders = (row: Omit<Row, 'nobody' | 'otherScope' | 'expired' | 'revoked'>): Row => ({
  ...{ nobody: 401, otherScope: 403, expired: 401, revoked: 401 },
  ...row,
});
/** The message itself is what proves its sender: without one no token helps, and none is asked about. */
const unsigned = everyone(400);

/** An operation that is new stands here too, or nothing compiles. */
const matrix: Readonly<Record<OperationId, Row>> = {
  ...{ status: everyone(200), jobs: everyone(200), job: everyone(200), attempt: everyone(200) },
  events: everyone(200),
  ...{ deliveries: everyone(200), openapi: everyone(200), docs: everyone(200) },
  ...{ enrol: unsigned, share: unsigned, receive: unsigned, confirm: unsigned, abort: unsigned },
  ...{ unmask: unsigned, attest: unsigned, approve: unsigned, refuse: unsigned, upload: unsigned },
  ...{ nonce: everyone(200), signIn: everyone(400), refresh: everyone(400), signOut: everyone(400) },
  account: holders({ stranger: 200, buyer: 200, key: 200, narrowed: 200 }),
  keys: holders({ stranger: 200, buyer: 200, key: 200, narrowed: 403 }),
  createKey: holders({ stranger: 200, buyer: 200, key: 403, narrowed: 403 }),
  revokeKey: holders({ stranger: 404, buyer: 200, key: 200, narrowed: 403 }),
  evidence: holders({ stranger: 403, buyer: 200, key: 200, narrowed: 403 }),
  webhooks: holders({ stranger: 200, buyer: 200, key: 200, narrowed: 403 }),
  createWebhook: holders({ stranger: 403, buyer: 200, key: 200, narrowed: 403 }),
  rotateSecret: holders({ stranger: 404, buyer: 200, key: 200, narrowed: 403 }),
  deadLetters: holders({ stranger: 404, buyer: 200, key: 200, narrowed: 403 }),
  // There is no such letter.
  redeliver: holders({ stranger: 404, buyer: 404, key: 404, narrowed: 403 }),
  // The last of them deletes what is gone.
  deleteWebhook: holders({ stranger: 404, buyer: 200, key: 404, narrowed: 403 }),
};

describe('who may do what', () => {
  let service: Service;
  let tokens: Readonly<Record<Exclude<Asker, 'nobody' | 'otherScope'>, string>>;
  /** A key of the buyer's that is there to be revoked. */
  let spare: string;
  /** A webhook of the buyer's. */
  let webhook: string;
  before(async () => {
    const root = await writeBlock(scratchStore(), block);
    const settling = honestly(members, 'settling');
    service = await serve(members, {
      ...settling,
      proposal: { ...settling.proposal, evidence: digestHex(root) },
    });
    await writeBlock(service.evidence(members.id), block);
    const stranger = await signInAs(service, new SigningKey(digestOfText('stranger')));
    const expired = await signInAs(service, buyerKey);
    service.clock.set(toSeconds(service.clock.now() + 800));
    const buyer = (await signInAs(service, buyerKey)).accessToken;
    const gone = await signInAs(service, buyerKey);
    await service.api.signOut(gone.refreshToken);
    const key = await keyOf(buyer);
    spare = (await service.api.createKey(buyer, wanted())).id;
    webhook = (await service.api.createWebhook(buyer, hooked)).id;
    service.clock.set(toSeconds(service.clock.now() + 101));
    tokens = {
      ...{ buyer, key, expired: expired.accessToken, revoked: gone.accessToken },
      stranger: (await service.api.refresh(stranger.refreshToken)).accessToken,
      narrowed: attenuate(key, { kind: 'job', job: 8 }),
    };
  });
  after(() => service.stop());

  const wanted = () => ({
    ...{ name: 'all of it', scopes: [...allScopes], caveats: [] },
    expiresAt: toSeconds(service.clock.now() + 3600),
  });
  const keyOf = async (token: string) => (await service.api.createKey(token, wanted())).token;

  /** The buyer's token for everything but this operation. */
  async function withoutScope({ sender }: Operation): Promise<string> {
    const own = typeof sender === 'object' ? sender.scope : null;
    return (
      await signInAs(
        service,
        buyerKey,
        allScopes.filter((scope) => scope !== own),
      )
    ).accessToken;
  }

  const places: Readonly<Record<string, () => string | number>> = {
    ...{ job: () => members.id.job, round: () => members.id.round, attempt: () => members.id.attempt },
    ...{ member: () => 0, key: () => spare, webhook: () => webhook, letter: () => `msg_${'0'.repeat(32)}` },
  };
  const pathOf = ({ path }: Operation) =>
    path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(places[name]?.()));

  async function ask(id: OperationId, operation: Operation, asker: Asker): Promise<number> {
    const token =
      asker === 'otherScope' ? await withoutScope(operation) : tokens[asker as keyof typeof tokens];
    const { method, body } = operation;
    const bodies: Partial<Record<OperationId, object>> = { createKey: wanted(), createWebhook: hooked };
    const sent = bodies[id] ?? {};
    // A stream ends with what there is.
    const query = id === 'events' ? '?wait=0' : '';
    const response = await fetch(`${service.url}${pathOf(operation)}${query}`, {
      method: method.toUpperCase(),
      headers: {
        ...(asker !== 'nobody' && { authorization: `Bearer ${token}` }),
        ...(body.kind === 'json' && { 'content-type': 'application/json' }),
      },
      ...(body.kind === 'json' && { body: JSON.stringify(sent) }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  for (const [id, operation] of Object.entries(operations) as [OperationId, Operation][])
    it(`${id}: ${operation.method.toUpperCase()} ${operation.path}`, async () => {
      const found: Partial<Record<Asker, number>> = {};
      for (const asker of askers) found[asker] = await ask(id, operation, asker);
      expect(found).to.deep.equal(matrix[id]);
    });

  it('is asked of a token wherever one counts, and nowhere else', () => {
    for (const [id, row] of Object.entries(matrix)) {
      const { sender }: Operation = operations[id as OperationId];
      expect(row.nobody === 401, id).to.equal(typeof sender === 'object');
    }
  });
});
