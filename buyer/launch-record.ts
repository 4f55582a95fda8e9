/** What a launch has done, in the buyer's home: a command that was stopped goes on from it. */
import { join } from 'node:path';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { address, amount, bytes32, jobNumber } from '#protocol/units.ts';
import { readIfThere, writeDurably } from './durable-file.ts';
import { planSchema } from './plan.ts';

const recordSchema = z.strictObject({
  version: z.literal(3),
  chainId: z.int().min(1),
  escrow: address,
  buyer: address,
  plan: planSchema,
  /** What the plan was made from, as its maker writes it; null where a plan was given. */
  asked: z.string().nullable(),
  /** What the job is opened with: fee in basis points, and who answers its disputes for how many base units. */
  conditions: z.strictObject({
    fee: z.int().min(0).max(10_000),
    arbiter: z.strictObject({ address, fee: amount }),
  }),
  /** What all units, their fees and the bonus cost, in base units: the offers that the terms name never change. */
  total: amount,
  /** Digest of the published terms. */
  terms: bytes32,
  /** Null until the escrow has it. */
  job: jobNumber.nullable(),
  activated: z.boolean(),
});

export type LaunchRecord = Readonly<z.infer<typeof recordSchema>>;

const fileOf = (home: string, name: string): string => join(home, 'launches', `${name}.json`);

/** @throws TributaryError `launch/bad-name`, `launch/damaged-record` */
export async function readLaunch(home: string, name: string): Promise<LaunchRecord | null> {
  assertName(name);
  const text = await readIfThere(fileOf(home, name));
  if (text === null) return null;
  const parsed = recordSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new TributaryError(
    'launch/damaged-record',
    `${fileOf(home, name)} is not a launch record: restore it, or see on chain what became of the job`,
    { cause: parsed.error },
  );
}

/** Durable before it resolves. */
export async function writeLaunch(home: string, name: string, record: LaunchRecord): Promise<LaunchRecord> {
  assertName(name);
  await writeDurably(fileOf(home, name), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

function assertName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) return;
  throw new TributaryError(
    'launch/bad-name',
    `"${name}" can't name a launch: use lower-case letters, digits and dashes`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
