/** The journal of one attempt: decisions in clear, secrets sealed. protocol.md §4 */
import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { z } from 'zod';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { cost, decisions, type Cost, type Decision, type DecisionName } from './decisions.ts';
import type { Disk } from './disk.ts';
import type { Seal } from './seal.ts';
import { secrets, type SecretName, type SecretOf, type SecretText } from './secrets.ts';

export type AttemptJournal = Readonly<{
  decided<Name extends DecisionName>(name: Name): Decision<Name> | null;
  /** Journals a decision for ever. @throws TributaryError `journal/decided` where there is one */
  decide<Name extends DecisionName>(name: Name, decision: Decision<Name>): void;
  secret<Name extends SecretName>(name: Name): SecretOf<Name> | null;
  keep<Name extends SecretName>(name: Name, secret: SecretText<Name>): void;
  /** The packed masked vector. */
  vector(): Uint8Array | null;
  keepVector(packed: Uint8Array): void;
  cost(): Cost | null;
  keepCost(cost: Cost): void;
  /** Erases every secret of the attempt. Decisions stay. */
  erase(): void;
}>;

export const attemptFolder = ({ chainId, escrow }: Domain, { job, round, attempt }: AttemptId): string =>
  `attempts/${chainId}-${escrow}/${job}/${round}/${attempt}`;

export function attemptJournal(disk: Disk, seal: Seal, folder: string): AttemptJournal {
  const decisionFile = (name: string) => `${folder}/${name}.json`;
  const secretFile = (name: string) => `${folder}/${name}.sealed`;

  const unseal = (name: string): Uint8Array | null => {
    const sealed = disk.read(secretFile(name));
    return sealed && seal.open(secretFile(name), sealed);
  };
  const reseal = (name: string, plaintext: Uint8Array) =>
    disk.replace(secretFile(name), seal.close(secretFile(name), plaintext));

  return {
    decided: (name) => readJson(disk, decisionFile(name), decisions[name]) as Decision<typeof name> | null,

    decide(name, decision) {
      if (!disk.create(decisionFile(name), json(decision))) {
        throw new TributaryError('journal/decided', `${decisionFile(name)} is decided and can't be changed`);
      }
    },

    secret(name) {
      const plaintext = unseal(name);
      return (plaintext && parse(secretFile(name), plaintext, secrets[name])) as SecretOf<typeof name> | null;
    },

    keep: (name, secret) => reseal(name, json(secret)),
    vector: () => unseal('vector'),
    keepVector: (packed) => reseal('vector', packed),
    cost: () => readJson(disk, decisionFile('cost'), cost),
    keepCost: (value) => disk.replace(decisionFile('cost'), json(value)),

    erase() {
      for (const name of [...Object.keys(secrets), 'vector']) disk.erase(secretFile(name));
    },
  };
}

export const json = (value: unknown): Uint8Array => utf8(`${JSON.stringify(value)}\n`);

/** @throws TributaryError `journal/damaged` where the file is not what this client writes */
export function readJson<Schema extends z.ZodType>(
  disk: Disk,
  path: string,
  schema: Schema,
): z.infer<Schema> | null {
  const bytes = disk.read(path);
  return bytes && parse(path, bytes, schema);
}

export function parse<Schema extends z.ZodType>(
  path: string,
  bytes: Uint8Array,
  schema: Schema,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new TributaryError(
      'journal/damaged',
      `${path} is not what this client wrote: its disk failed or it was edited; restore nothing, ask for advice`,
      { cause },
    );
  }
}
