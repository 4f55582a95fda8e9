/** Sends a stage so many requests, most of them nearly right, and says what came of it. */
import { Agent } from 'node:http';
import fc from 'fast-check';
import { operations, type OperationId } from '#protocol/http/operations.ts';
import { document } from '#test/support/documented/document.ts';
import { requests, type Bent } from '#test/support/documented/requests.ts';
import { operationsIn } from '#coordinator/http/document/openapi.ts';
import { rawOf, type Raw } from './raw.ts';
import { send, sendRaw, type Answer } from './send.ts';
import type { Stage } from './stage.ts';
import { Tally } from './tally.ts';
import type { Tenant } from './tenants.ts';

export type Fuzzed = Readonly<{
  tally: Tally;
  requests: number;
  /** With a live token of a tenant, or a message as its sender signed it. */
  authenticated: number;
  /** Each with what was sent; the first few. */
  leaks: readonly string[];
  failures: readonly string[];
}>;

/** Requests under way at any time. */
const AT_ONCE = 24;
/** Made at a time: a hundred thousand would fill memory. */
const BATCH = 1_000;
/** One in so many is sent as bytes. */
const RAW_IN = 6;
const MOST_TOLD = 10;

const operationIds = operationsIn(document).map(({ operation }) => operation.operationId);
/** The operations that no request was answered well by, of those that there are. */
export const unreached = ({ tally }: Fuzzed): string[] =>
  operationIds.filter((id) => tally.count((status) => status.startsWith('2'), id) === 0);

export async function fuzz(stage: Stage, count: number, seed: number): Promise<Fuzzed> {
  const { coordinator, corpus, tenants } = stage;
  const { url } = coordinator;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const tally = new Tally();
  const [leaks, failures]: [string[], string[]] = [[], []];
  let authenticated = 0;
  const judge = (bent: Bent, answer: Answer, sent: string) => {
    tally.add(bent.operation, answer);
    if (isSigned(bent) || isLive(bent, tenants)) authenticated += 1;
    const said = `${answer.status} to ${sent.slice(0, 600)}`;
    if (answer.status === 'hung' || Number(answer.status) >= 500) failures.push(said);
    for (const tenant of tenants)
      if (!isBy(bent, tenant) && tenant.canaries.some((canary) => answer.bytes.includes(canary)))
        leaks.push(`what is the ${tenant.name} tenant's: ${said}`);
  };
  const made = requests(corpus);
  const any = fc.oneof({ weight: RAW_IN - 1, arbitrary: made }, { weight: 1, arbitrary: rawOf(made) });
  for (let sent = 0; sent < count; sent += BATCH) {
    const waiting = fc.sample<Bent | Raw>(any, { numRuns: Math.min(BATCH, count - sent), seed: seed + sent });
    const sender = async (): Promise<void> => {
      for (let one = waiting.pop(); one; one = waiting.pop()) {
        if ('text' in one) judge(one.of, await sendRaw(url, one.text, one.ends), one.text);
        else judge(one, await send(agent, url, one), JSON.stringify(one));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sender));
    console.error(`fuzz: ${Math.min(sent + BATCH, count)} sent`);
  }
  agent.destroy();
  const first = (list: readonly string[]) => list.slice(0, MOST_TOLD);
  return { tally, requests: count, authenticated, leaks: first(leaks), failures: first(failures) };
}

const isBy = ({ headers, body }: Bent, { token, accessToken, signIns, refreshTokens }: Tenant): boolean =>
  [token, accessToken].some((one) => headers['authorization'] === `Bearer ${one}`) ||
  // Who signs in, or refreshes, is who it says.
  refreshTokens.some((one) => body.includes(one)) ||
  signIns.some(({ signature }) => body.includes(signature));

const isSigned = ({ operation, whole }: Bent): boolean =>
  whole && operations[operation as OperationId].sender === 'message';

const isLive = (bent: Bent, tenants: readonly Tenant[]): boolean =>
  tenants.some(({ token, accessToken }) =>
    [token, accessToken].some((one) => bent.headers['authorization'] === `Bearer ${one}`),
  );
