/** `tributary arbiter init | run`: a key, and the process that answers disputes until it is stopped. protocol.md §5.6 */
import type { ArbiterNews } from '#auditor/arbiter/news.ts';
import { runArbiter } from '#auditor/arbiter/run.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';
import { takeLock } from '#datasets/folder-lock.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { formatJobId, type JobId } from '#protocol/job-id.ts';
import { arbiterHome, createArbiterKey } from '../arbiter-home.ts';
import { sendingContracts } from '../chain.ts';
import { timeText } from '../dispute/posting.ts';
import { openKeystore } from '../keystore.ts';
import { untilStopped } from '../lifetime.ts';
import { result } from '../output.ts';
import { readPassword } from '../password.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function init(options: CommonOptions): Promise<void> {
  const settings = readSettings(options);
  const arbiter = await createArbiterKey(settings);
  result(
    settings.json,
    { event: 'initialised', arbiter },
    `arbiter ${arbiter}; give it gas, and have the deployment's administrator list it`,
  );
}

/** Milliseconds between two looks at the chain. */
const pollOf = (chainId: number): number => (chainId === LOCAL_CHAIN ? 500 : 12_000);

type RunOptions = CommonOptions & Readonly<{ dryRun?: boolean; withdraw?: boolean }>;

/** @throws TributaryError `arbiter/running`, `keystore/…`, `settings/…`, `chain/…` */
export async function run(options: RunOptions): Promise<void> {
  const settings = readSettings(options);
  const { key, lock, evidence, judgements } = arbiterHome(settings);
  const stop = untilStopped();
  const wallet = await openKeystore(key, await readPassword(settings.passwordFile));
  const held = await takeLock(
    lock,
    (pid) =>
      new TributaryError('arbiter/running', `process ${pid} is the arbiter of this home: stop it first`),
  );
  try {
    const contracts = await sendingContracts(settings, wallet);
    const { deployment, account } = contracts;
    const [dryRun, withdraw] = [options.dryRun === true, options.withdraw === true];
    result(
      settings.json,
      { event: 'ready', arbiter: account, dryRun, pid: process.pid },
      `arbiter ${account} answers disputes${dryRun ? '; a dry run: nothing is sent' : ''}`,
    );
    try {
      await runArbiter({
        contracts,
        store: connectIpfs(settings.ipfs),
        key: wallet.signingKey,
        folder: evidence,
        judgements,
        dryRun,
        withdraw,
        pollMillis: pollOf(deployment.chainId),
        signal: stop,
        tell: (news) => tell(settings.json, deployment, news),
      });
    } finally {
      contracts.provider.destroy();
    }
  } finally {
    await held.release();
  }
}

export function tell(json: boolean, domain: Omit<JobId, 'job'>, news: ArbiterNews): void {
  if (!('job' in news)) return result(json, news, plainText(news));
  const job = formatJobId({ ...domain, job: news.job });
  result(json, { ...news, job }, `${job}, round ${news.round}: ${postingText(news)}`);
}

function plainText(news: Exclude<ArbiterNews, { job: number }>): string {
  return news.event === 'withdrawn'
    ? `withdrew ${news.amount} base units of fees`
    : `waiting: ${news.message} (${news.code})`;
}

function postingText(news: Extract<ArbiterNews, { job: number }>): string {
  switch (news.event) {
    case 'disputed':
      return `disputed, and ${news.status} until ${timeText(news.deadline)}`;
    case 'waiting':
      return `evidence is missing and waited for; the window ends ${timeText(news.deadline)}: ${news.why}`;
    case 'silent':
      return `SILENT: what this arbiter works with is away, mend it before ${timeText(news.deadline)}: ${news.why}`;
    case 'recomputed':
      return `recomputed: it ${answer(news.stands)}; ${news.why}`;
    case 'judged':
      return `judged: it ${answer(news.stands)}`;
    case 'over':
      return `over: ${news.why}`;
    default:
      return news satisfies never;
  }
}

const answer = (stands: boolean): string => (stands ? 'stands' : 'is void');
