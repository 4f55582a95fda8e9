/** A coordinator's whole store, with something in each table and both kinds of blobs: a round that is unmasking, one settled, one expired. */
import { toHex } from '#crypto/bytes.ts';
import { wordBits } from '#crypto/parameters.ts';
import { putEvidence } from '#coordinator/aggregation/evidence.ts';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import { settle } from '#coordinator/round/settled.ts';
import { openAccessRows } from '#coordinator/store/access-rows.ts';
import { claim } from '#coordinator/store/claim.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { openOutboxRows } from '#coordinator/store/outbox-rows.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { digestHex } from '#model/model-store.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { toAddress, toSeconds, type Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { digestOfText, honestly, inPhase } from '../fixtures.ts';
import { changes, second } from '../store/releases/left.ts';
import { save } from '../store/save.ts';

export const owner = {
  chainId: 31337,
  escrow: toAddress(`0x${'e5'.repeat(20)}`),
  coordinator: toAddress(`0x${'c0'.repeat(20)}`),
};
export const underWay = second.id;
export const settledOne = cohort({ n: 3, id: { job: 8, round: 1, attempt: 1 } });
export const expiredOne = cohort({ n: 3, id: { job: 9, round: 1, attempt: 1 } });
const subject = toAddress(`0x${'ab'.repeat(20)}`);

/** @returns the database's rows, all that a backup keeps, as who asks for them has them */
export async function keepAll(database: Database, blobs: Blobs): Promise<void> {
  await claim(database, owner);
  const records = openRecords(database);
  for (const change of changes()) await save(records, change);
  const vectors = openVectors(blobs.inputs);
  const w = wordBits(second.parameters.bits, 3);
  for (const [member, vector] of second.vectors)
    await vectors.receive(second.id, second.inputs[member]!.message, second.parameters, w, one(vector));
  await keepSettled(database, blobs, settledOne);
  await keepSettled(database, blobs, expiredOne);
  await blobs.evidence.expire(expiredOne.id);
  await keepTransaction(database);
  await keepAccess(database);
}

async function keepSettled(database: Database, blobs: Blobs, members: typeof second): Promise<void> {
  const unmasking = inPhase(honestly(members, 'unmasking'), 'unmasking');
  const secrets = members.inputs.map(({ message: { member } }) => ({
    ...{ member, kind: 'seed' as const, value: digestOfText(`seed ${member}`) },
  }));
  const { cid } = await putEvidence(openEvidence(blobs.evidence)(members.id), unmasking, secrets, (input) =>
    Promise.resolve(members.vectors.get(input.member)!),
  );
  const settling = inPhase(honestly(members, 'settling'), 'settling');
  const proposal = { ...settling.proposal, evidence: digestHex(cid) };
  const state = settle({ ...settling, proposal, quorum: null }, digestOfText('transaction'));
  const job = { ...members.id, state: 'finished' as const, rounds: 1 };
  await save(openRecords(database), { job, attempts: [{ revision: 9, state }], message: null });
}

async function keepTransaction(database: Database): Promise<void> {
  const rows = openOutboxRows(database, owner.chainId, owner.coordinator);
  const call = { to: owner.escrow, data: '0x0102' as Hex };
  await rows.plan({ purpose: 'settle:8:1:1:0x00', call, gas: 70_000n }, 5, (nonce) =>
    Promise.resolve({
      ...{
        hash: digestOfText(`transaction ${nonce}`),
        raw: '0x02f8',
        block: 12,
        at: 1_700_000_000_000,
      },
      ...{ maxFeePerGas: 10n ** 18n, maxPriorityFeePerGas: 1n },
    }),
  );
}

/** A sign-in, and an API key with a text that no separator of lines may end. */
async function keepAccess(database: Database): Promise<void> {
  const rows = openAccessRows(database);
  const now = toSeconds(1_700_000_000);
  const expiresAt = toSeconds(now + 86_400);
  const grant = { subject, name: 'line\u2028end \\ "é"', root: Uint8Array.of(0, 255, 10, 13), caveats: [] };
  const common = {
    ...grant,
    secret: { number: 0, sealed: null, retiresAt: null },
    scopes: ['evidence:read' as const],
    createdAt: now,
    expiresAt,
    revokedAt: null,
  };
  await rows.signIn(
    { nonce: 'nonce', usedUntil: expiresAt },
    { ...common, id: '0a'.repeat(16), kind: 'access' },
    Uint8Array.of(1),
    now,
  );
  await database.commit(({ query }) =>
    query(
      `insert into access_grants (id, kind, subject, name, root, scopes, caveats, created_at, expires_at)
       values ($1, 'key', $2, $3, $4, '["evidence:read"]', '[{"kind":"job","job":7}]', $5, $6)`,
      ['0b'.repeat(16), subject, grant.name, grant.root, now, expiresAt],
    ),
  );
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What a store holds, for comparison. */
export async function contentOf(database: Database, blobs: Blobs): Promise<object> {
  const found: Record<string, unknown> = {};
  for (const kind of ['inputs', 'evidence'] as const) {
    for (const id of await blobs[kind].attempts())
      found[`${kind} ${nameOf(id)}`] = await blobsOf(blobs, kind, id);
    found[`${kind} expired`] = (await blobs[kind].expired()).map(nameOf);
  }
  const records = openRecords(database);
  found['jobs'] = await records.jobs();
  for (const id of [{ ...underWay, attempt: 1 }, underWay, settledOne.id, expiredOne.id])
    found[`attempt ${nameOf(id)}`] = await records.attempt(id);
  found['openings'] = await records.openings(underWay, [0, 1, 2]);
  found['unmaskings'] = await records.unmaskings(underWay);
  found['deliveries'] = await records.deliveries(underWay, [{ dealer: 2, place: 1 }]);
  found['open'] = await openOutboxRows(database, owner.chainId, owner.coordinator).open(0);
  found['keys'] = await openAccessRows(database).keys(subject, toSeconds(1_700_000_000));
  found['received'] = await database.query('select received_at::text from messages order by slot');
  return found;
}

async function blobsOf(blobs: Blobs, kind: 'inputs' | 'evidence', id: AttemptId): Promise<object> {
  const names = (await blobs[kind].names(id)).sort();
  const bytes = await Promise.all(names.map((name) => blobs[kind].read(id, name)));
  return names.map((name, i) => [name, toHex(bytes[i] ?? new Uint8Array())]);
}

const nameOf = ({ job, round, attempt }: AttemptId) => `${job}-${round}-${attempt}`;
