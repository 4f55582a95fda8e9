/**
 * Where a command finds its home, chain and IPFS node: flag over environment over tributary.yaml over what
 * `tributary dev` says of the stack that it runs for this home, or for homes in the folder around it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { findStackRecord } from './dev/stack-record.ts';

const file = z.strictObject({
  rpc: z.union([z.url(), z.array(z.url()).min(1)]).optional(),
  ipfs: z.url().optional(),
  deployment: z.string().optional(),
  /** Of a coordinator: a PostgreSQL server's, password included, so the file must be its owner's alone. */
  database: z.string().optional(),
  /** Of a coordinator: where it keeps masked inputs and evidence. */
  blobs: z.string().optional(),
  /** Of a coordinator: PEM files of what it serves TLS with. */
  tls: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
});

/** The options that every command takes. */
export type CommonOptions = Readonly<{
  home?: string;
  /** One URL, or several with commas between them. */
  rpc?: string;
  ipfs?: string;
  deployment?: string;
  passwordFile?: string;
  json?: boolean;
}>;

export type Settings = Readonly<{
  home: string;
  rpc: string;
  /** RPCs named after the first: an owner's client acts on nothing that one of them denies. */
  furtherRpcs: readonly string[];
  ipfs: string;
  /** Path of the deployment record. */
  deployment: string;
  passwordFile: string | null;
  json: boolean;
  /** What somebody named, so that it must be there; the others have their defaults. */
  given: ReadonlySet<'rpc' | 'ipfs' | 'deployment'>;
}>;

/** @throws TributaryError `settings/bad-file` where tributary.yaml says what no setting is */
export function readSettings(options: CommonOptions, env: NodeJS.ProcessEnv = process.env): Settings {
  /** An empty variable is an unset one. */
  const given = (name: string): string | undefined => env[name] || undefined;
  const home = resolve(options.home ?? given('TRIBUTARY_HOME') ?? join(homedir(), '.tributary'));
  const written = readSettingsFile(home);
  const stack = findStackRecord(home);
  const own = join(home, 'deployment.json');
  const named = {
    rpc: options.rpc ?? given('TRIBUTARY_RPC') ?? written.rpc?.toString() ?? stack?.rpc,
    ipfs: options.ipfs ?? given('TRIBUTARY_IPFS') ?? written.ipfs ?? stack?.ipfs,
    deployment: options.deployment ?? given('TRIBUTARY_DEPLOYMENT') ?? written.deployment,
  };
  const names = ['rpc', 'ipfs', 'deployment'] as const;
  const [rpc = 'http://127.0.0.1:8545', ...furtherRpcs] = (named.rpc ?? '').split(',').filter(Boolean);
  return {
    home,
    rpc,
    furtherRpcs,
    ipfs: named.ipfs ?? 'http://127.0.0.1:5001',
    deployment: resolve(home, named.deployment ?? (existsSync(own) ? own : (stack?.deployment ?? own))),
    passwordFile: options.passwordFile ?? given('TRIBUTARY_PASSWORD_FILE') ?? null,
    json: options.json ?? false,
    given: new Set(names.filter((name) => named[name] !== undefined)),
  };
}

/** What `tributary.yaml` says. @throws TributaryError `settings/bad-file`, which repeats nothing of it */
export function readSettingsFile(home: string): z.infer<typeof file> {
  const path = settingsFile(home);
  if (!existsSync(path)) return {};
  try {
    return file.parse(parse(readFileSync(path, 'utf8')) ?? {});
  } catch (cause) {
    throw new TributaryError(
      'settings/bad-file',
      `${path}: only rpc, ipfs, deployment, database, blobs and tls may stand there`,
      { cause },
    );
  }
}

export const settingsFile = (home: string): string => join(home, 'tributary.yaml');
