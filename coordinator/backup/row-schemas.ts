/** What a row of each table may be, as its line of JSON has it. What attempts and their entries make together: attempt-schema.ts. */
import { z } from 'zod';
import { caveat } from '#protocol/access/caveats.ts';
import { scopeList } from '#protocol/access/scopes.ts';
import { phases } from '#protocol/attempt-view.ts';
import { keptEvent } from '#protocol/job-events.ts';
import { attemptId } from '#protocol/messages.ts';
import { address, amount, bytes32, hex, seconds, u32 } from '#protocol/units.ts';
import { revealedShares } from '../aggregation/secrets.ts';
import { rulesSchema } from './attempt-schema.ts';

const whole = z.int().min(0);
const text = z.string();
/** As PostgreSQL spells bytes. */
const bytea = z.string().regex(/^\\x([0-9a-f]{2})*$/, 'expected bytes');
const call = z.strictObject({ to: address.optional(), data: hex, value: amount });
const version = z.strictObject({
  ...{ hash: bytes32, raw: hex, block: whole, at: whole },
  ...{ maxFeePerGas: amount, maxPriorityFeePerGas: amount },
});
const inclusion = z.strictObject({
  ...{ hash: bytes32, block: whole, blockHash: bytes32, succeeded: z.boolean() },
});

export const rowSchemas: Readonly<Record<string, z.ZodType>> = {
  jobs: z.strictObject({
    ...attemptId,
    state: z.enum(['active', 'finished', 'failed']),
    rounds: u32,
    version: whole,
    event_stream: z.string().regex(/^[0-9a-f]{12}$/),
    last_event: whole,
  }),
  attempts: z.strictObject({
    ...attemptId,
    revision: whole,
    phase: z.enum(phases),
    state: z.looseObject({}),
    rules: rulesSchema,
  }),
  entries: z.strictObject({
    ...attemptId,
    list: text,
    slot: u32,
    body: z.looseObject({}),
    version: whole,
  }),
  ciphertexts: z.strictObject({ ...attemptId, dealer: u32, place: u32, ciphertext: hex }),
  messages: z.strictObject({
    ...attemptId,
    kind: z.literal('unmasking'),
    slot: u32,
    body: revealedShares,
    received_at: text,
  }),
  openings: z.strictObject({ ...attemptId, holder: u32, shares: bytea }),
  transaction_accounts: z.strictObject({ chain: whole, account: address }),
  transactions: z.strictObject({
    ...{ id: whole, chain: whole, account: address, nonce: whole, purpose: text, call, gas: whole },
    versions: z.array(version).min(1),
    state: z.enum(['planned', 'sent', 'mined', 'deep', 'dropped']),
    inclusion: inclusion.nullable(),
    first_sent_at: whole.nullable(),
    dropped: text.nullable(),
  }),
  coordinator: z.strictObject({
    ...{ chain_id: whole, escrow: address, address, blobs: text.nullable(), single: z.literal(true) },
  }),
  access_grants: z.strictObject({
    id: z.string().regex(/^[0-9a-f]{32}$/),
    kind: z.enum(['access', 'key']),
    subject: address,
    name: text,
    root: bytea,
    scopes: scopeList,
    caveats: z.array(caveat),
    created_at: seconds,
    expires_at: seconds,
    revoked_at: seconds.nullable(),
    secret: whole,
  }),
  token_secrets: z.strictObject({
    ...{ number: whole, sealed: bytea.nullable(), created_at: seconds, retires_at: seconds.nullable() },
  }),
  quota_days: z.strictObject({ day: whole, holder: text, requests: whole, bytes: whole }),
  job_events: z.strictObject({ job: whole, number: whole, body: keptEvent, note: text.nullable() }),
  webhooks: z.strictObject({
    ...{ id: text, account: address, url: text, job: whole.nullable(), created_at: seconds },
    ...{ secret: bytea, former_secret: bytea.nullable(), former_until: seconds.nullable() },
  }),
  webhook_deliveries: z.strictObject({
    ...{ number: whole, id: text, webhook: text, job: whole, type: text, body: text, tries: whole },
    ...{ due_at: seconds, created_at: seconds, failure: text.nullable(), died_at: seconds.nullable() },
  }),
};
