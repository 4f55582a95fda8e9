/** An account with what only it may see, and what of that no other may ever be answered. */
import type { SigningKey } from 'ethers';
import { fromHex } from '#crypto/bytes.ts';
import type { Clock } from '#coordinator/driver/clock.ts';
import { scopes } from '#protocol/access/scopes.ts';
import type { SignedIn, Tokens } from '#protocol/access/wire.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { toSeconds } from '#protocol/units.ts';
import { signedMessage, signInAs } from '#test/coordinator/access/signing-in.ts';
import { eventually } from '#test/coordinator/launch.ts';
import type { Played } from '#test/coordinator/play-round.ts';

export type Tenant = Readonly<{
  name: string;
  /** Good for all that it may do, for as long as the fuzzing takes: an API key. */
  token: string;
  /** Of the sign-in: this one makes keys, for a quarter of an hour. */
  accessToken: string;
  /** Keys that may be revoked. */
  spareKeys: readonly string[];
  /** Unused: each signs in once. */
  signIns: readonly SignedIn[];
  refreshTokens: readonly string[];
  /** Those that may be deleted, and had their secrets replaced. */
  webhooks: readonly string[];
  /** Whoever sends it makes a key of its own. */
  wantedKey: object;
  /** Bytes of its own that are nowhere public. */
  canaries: readonly Buffer[];
}>;

const FEW = 12;
const CANARY_BYTES = 24;
const DAY_SECONDS = 86_400;

export async function makeTenant(
  of: Readonly<{
    name: string;
    api: CoordinatorApi;
    key: SigningKey;
    clock: Clock;
    played: Played;
    receiver: string;
  }>,
): Promise<Tenant> {
  const { name, api, key, clock, played, receiver } = of;
  const canary = `canary of the ${name} tenant`;
  const service = { api, clock };
  const { accessToken } = await signInAs(service, key);
  const wantedKey = {
    ...{ name: 'of a fuzzer', scopes: [...scopes], caveats: [] },
    expiresAt: toSeconds(clock.now() + DAY_SECONDS),
  };
  const made = [];
  for (let at = 0; at < FEW; at++)
    made.push(await api.createKey(accessToken, { ...wantedKey, name: canary }));
  const [main, ...spare] = made;
  if (!main) throw new Error('no key was made');
  const sessions: Tokens[] = [];
  const signIns: SignedIn[] = [];
  for (let at = 0; at < FEW; at++) {
    sessions.push(await signInAs(service, key));
    signIns.push(await signedMessage(service, key));
  }
  const hooks = [];
  for (let at = 0; at < FEW; at++)
    hooks.push(await api.createWebhook(main.token, { url: receiver, job: null }));
  const secrets = [
    ...[canary, accessToken, ...made.map(({ token }) => token), ...sessions.flatMap(tokensOf)],
    ...hooks.map(({ secret }) => secret),
  ];
  return {
    name,
    token: main.token,
    accessToken,
    spareKeys: spare.map(({ id }) => id),
    signIns,
    refreshTokens: sessions.map(({ refreshToken }) => refreshToken),
    webhooks: hooks.map(({ id }) => id),
    wantedKey,
    canaries: [
      ...secrets.map((text) => Buffer.from(text)),
      ...(await evidenceCanaries(api, main.token, played)),
    ],
  };
}

/** A webhook, and a message that it gave up. */
export type DeadLetter = Readonly<{ webhook: string; letter: string }>;

/** Waits until each has given one up. */
export async function lettersOf(api: CoordinatorApi, { token, webhooks }: Tenant): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const webhook of webhooks) {
    const [first] = await eventually(
      () => api.deadLetters(token, webhook),
      (found) => found.length > 0,
    );
    if (first) letters.push({ webhook, letter: first.id });
  }
  return letters;
}

const tokensOf = ({ accessToken, refreshToken }: Tokens): string[] => [accessToken, refreshToken];

/** Of what makes evidence secret: the beginnings of the masked inputs, which are in no view. */
async function evidenceCanaries(api: CoordinatorApi, token: string, played: Played): Promise<Buffer[]> {
  const pieces = [];
  const wanted = new AbortController().signal;
  for await (const piece of api.evidence(played.id, { token }, 1_000_000, wanted)) pieces.push(piece);
  const car = Buffer.concat(pieces);
  const root = Buffer.from(fromHex(played.proposal.evidence));
  if (!car.includes(root)) throw new Error('the evidence is not what was asked for');
  return [...played.members.vectors.values()].map((vector) => {
    const canary = Buffer.from(vector.subarray(0, CANARY_BYTES));
    if (!car.includes(canary)) throw new Error('the evidence holds no masked input');
    return canary;
  });
}
