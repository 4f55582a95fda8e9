/** `tributary keys api create | narrow | list | revoke`: API keys at a coordinator. docs/api.md */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { encodeCaveat, type Caveat } from '#protocol/access/caveats.ts';
import { scopeList, type Scope } from '#protocol/access/scopes.ts';
import { attenuate } from '#protocol/access/token.ts';
import { toSeconds, type Seconds } from '#protocol/units.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { signedIn, type SignInOptions } from '../sign-in.ts';

const DAY = 86_400;
const DAYS_BY_DEFAULT = 30;

type Narrowing = Readonly<{
  days?: number;
  scopes?: readonly string[];
  job?: number;
  rounds?: readonly [first: number, last: number];
  datasets?: readonly number[];
}>;
type CreateOptions = CommonOptions & SignInOptions & Narrowing & Readonly<{ name: string }>;
type NarrowOptions = CommonOptions & Narrowing & Readonly<{ tokenFile: string }>;

/** @throws TributaryError `keys/scopes`, `keystore/…`, `auth/…` */
export async function create(options: CreateOptions): Promise<void> {
  const settings = readSettings(options);
  const { name, scopes: named = ['evidence:read'], days = DAYS_BY_DEFAULT } = options;
  const scopes = scopesOf(named);
  const wanted = { name, scopes, expiresAt: daysAhead(days), caveats: caveatsOf(options) };
  const asked: Scope[] = [...new Set<Scope>([...scopes, 'keys:write'])];
  const key = await signedIn(settings, options, asked, (api, token) =>
    api.createKey(token, wanted, randomUUID()),
  );
  result(settings.json, { event: 'api-key', ...key }, key.token);
}

/** The weaker key alone on standard output. @throws TributaryError `keys/scopes`, `auth/invalid`, `storage/unreadable` */
export async function narrow(options: NarrowOptions): Promise<void> {
  const { json } = readSettings(options);
  const { days, scopes } = options;
  const caveats: Caveat[] = [
    ...(scopes ? [{ kind: 'scope' as const, scopes: scopesOf(scopes) }] : []),
    ...(days === undefined ? [] : [{ kind: 'expires' as const, at: daysAhead(days) }]),
    ...caveatsOf(options),
  ];
  const token = attenuate(readToken(options.tokenFile), ...caveats);
  result(json, { event: 'api-key-narrowed', token, caveats }, token);
}

/** @throws TributaryError `keystore/…`, `auth/…` */
export async function show(options: CommonOptions & SignInOptions): Promise<void> {
  const settings = readSettings(options);
  const keys = await signedIn(settings, options, ['keys:read'], (api, token) => api.keys(token));
  const rows = keys.map(({ id, name, scopes, expiresAt, caveats }) => [
    ...[id, name, scopes.join(' '), new Date(expiresAt * 1000).toISOString()],
    caveats.map(encodeCaveat).join('; '),
  ]);
  result(
    settings.json,
    { event: 'api-keys', keys },
    keys.length === 0 ? 'no keys' : table(['id', 'name', 'scopes', 'until', 'caveats'], rows),
  );
}

/** @throws TributaryError `auth/unknown-key`, `keystore/…`, `auth/…` */
export async function revoke(options: CommonOptions & SignInOptions, id: string): Promise<void> {
  const settings = readSettings(options);
  await signedIn(settings, options, ['keys:write'], (api, token) => api.revokeKey(token, id));
  result(settings.json, { event: 'api-key-revoked', id }, `${id} opens nothing any more`);
}

function caveatsOf({ job, rounds, datasets }: Narrowing): Caveat[] {
  return [
    ...(job === undefined ? [] : [{ kind: 'job' as const, job }]),
    ...(rounds ? [{ kind: 'rounds' as const, first: rounds[0], last: rounds[1] }] : []),
    ...(datasets ? [{ kind: 'dataset' as const, datasets: [...datasets] }] : []),
  ];
}

function scopesOf(named: readonly string[]): Scope[] {
  const parsed = scopeList.safeParse(named);
  if (parsed.success) return parsed.data;
  throw new TributaryError(
    'keys/scopes',
    `${named.join(', ')}: name each of these scopes once, or fewer of them: ${scopeList.element.options.join(', ')}`,
  );
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new TributaryError('storage/unreadable', `${file} can not be read`, { cause });
  }
}

const daysAhead = (days: number): Seconds => toSeconds(Math.floor(Date.now() / 1000) + days * DAY);
