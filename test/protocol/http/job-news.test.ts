/** Waiting by events: nothing that came during a read is slept over, and a stream that is not to be had keeps nobody waiting. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { EventOptions } from '#protocol/http/follow-events.ts';
import { followNews } from '#protocol/http/job-news.ts';
import { watchAttempt } from '#protocol/http/watch-attempt.ts';
import type { JobEvent } from '#protocol/job-events.ts';

const id = { job: 7, round: 1, attempt: 1 };
const event = (job = 7) =>
  ({ type: 'changed', ...id, job, revision: 1, at: 1, id: `${'ab'.repeat(6)}-1` }) as JobEvent;

/** A coordinator whose stream a test plays. */
function stage() {
  const waiting: (() => void)[] = [];
  const queue: (JobEvent | Error)[] = [];
  let connected: (up: boolean) => void = () => undefined;
  const asked: (readonly [after: number | undefined, wait: number | undefined])[] = [];
  const ends = new AbortController();
  const failures: unknown[] = [];
  const push = (one: JobEvent | Error): void => {
    queue.push(one);
    for (const wake of waiting.splice(0)) wake();
  };
  async function* events(
    _job: number,
    options: EventOptions = {},
  ): AsyncGenerator<JobEvent, void, undefined> {
    connected = options.connected ?? connected;
    options.signal?.addEventListener('abort', () => waiting.splice(0).forEach((wake) => wake()));
    while (!options.signal?.aborted) {
      const next = queue.shift();
      if (next instanceof Error) throw next;
      if (next) yield next;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    }
  }
  const attempt = async (_id: object, after?: number, wait?: number) => {
    asked.push([after, wait]);
    const revision = asked.length;
    // What happens meanwhile is not in it.
    await delay(5);
    return { revision } as AttemptView;
  };
  const news = followNews({ events }, 7, ends.signal, (error) => failures.push(error));
  const watch = watchAttempt({ attempt }, news, id, 3);
  return { asked, ends, failures, news, watch, push, up: (up: boolean) => connected(up) };
}

const isOpen = async (promise: Promise<unknown>): Promise<boolean> =>
  (await Promise.race([promise.then(() => 'done'), delay(50, 'open')])) === 'open';

describe('an attempt, watched by events', () => {
  it('is read when something happened, without a long poll', async () => {
    const { asked, watch, push, up, news } = stage();
    up(true);
    await watch(undefined, 20);
    const next = watch(1, 20);
    expect(await isOpen(next)).to.equal(true);
    push(event());
    await next;
    expect(asked).to.deep.equal([
      [undefined, 20],
      [undefined, 0],
    ]);
    news.close();
  });

  it('is read at once where something happened during the read before, and after so long in any case', async () => {
    const { asked, watch, push, up, news } = stage();
    up(true);
    const reading = watch(undefined, 20);
    push(event());
    await reading;
    expect(news.count()).to.equal(1);
    expect(await isOpen(watch(1, 20))).to.equal(false);
    expect(await isOpen(watch(2, 0.01))).to.equal(false);
    expect(asked).to.have.length(3);
    news.close();
  });

  it('is asked for by long polls from when the stream breaks until there is one again', async () => {
    const { asked, watch, up, news } = stage();
    up(true);
    const woken = watch(1, 20);
    expect(await isOpen(woken)).to.equal(true);
    up(false);
    await woken;
    await watch(2, 20);
    up(true);
    expect(await isOpen(watch(3, 0.2))).to.equal(true);
    expect(asked).to.deep.equal([
      [undefined, 0],
      [2, 20],
    ]);
    news.close();
  });

  it('is asked for by long polls where streams are refused, or where nothing of one ever comes', async () => {
    const refused = stage();
    refused.push(new TributaryError('request/unknown-route', 'none here'));
    await refused.watch(1, 20);
    expect(refused.asked).to.deep.equal([[1, 20]]);
    expect(refused.failures).to.have.length(1);

    const silent = stage();
    const began = Date.now();
    await silent.watch(1, 20);
    expect(Date.now() - began).to.be.within(2_900, 10_000);
    await silent.watch(1, 20);
    expect(silent.asked).to.deep.equal([
      [1, 20],
      [1, 20],
    ]);
    silent.news.close();
    expect(silent.failures).to.deep.equal([]);
  });

  it('is not woken by news of another job, and is let go when all ends', async () => {
    const { watch, push, up, ends, news } = stage();
    up(true);
    await watch(undefined, 20);
    push(event(8));
    await delay(5);
    expect(news.count()).to.equal(0);
    const waiting = watch(1, 20);
    expect(await isOpen(waiting)).to.equal(true);
    ends.abort();
    await waiting;
  });
});
