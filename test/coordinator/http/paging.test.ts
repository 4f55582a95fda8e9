/** Lists by pages. RFC 8288; docs/api.md */
import { expect } from 'chai';
import express from 'express';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readHandlers } from '#coordinator/http/reads.ts';
import { routeAll } from '#coordinator/http/route.ts';
import { problemHandler } from '#coordinator/http/problems.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { operations } from '#protocol/http/operations.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { manualClock, memoryLog } from '../fakes.ts';
import { noTokens } from './no-tokens.ts';

const view = (job: number) => ({ job, state: 'active' as const, round: 1, attempt: 1, rounds: 3 });

describe('the list of jobs', () => {
  let api: CoordinatorApi;
  let close: () => Promise<unknown>;
  /** Not in order: they come as they were taken on. */
  const known = [5, 3, 12, 4, 9];

  before(async () => {
    const jobs = { list: () => known.map(view), driver: () => expect.fail('no driver is asked') };
    const parts = { jobs, records: null, identity: {}, clock: manualClock() };
    const { jobs: list } = readHandlers(parts as never);
    const app = express();
    routeAll(app, { jobs: operations.jobs }, { jobs: list }, noTokens);
    app.use(problemHandler(memoryLog()));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    api = coordinatorApi(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    close = () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    };
  });
  after(() => close());

  const numbers = (page: { jobs: { job: number }[] }) => page.jobs.map(({ job }) => job);

  it('comes whole where it fits, in order', async () => {
    const page = await api.jobs();
    expect([numbers(page), page.next]).to.deep.equal([[3, 4, 5, 9, 12], null]);
  });

  it('comes page by page, each job once, though some are taken on meanwhile', async () => {
    const first = await api.jobs(0, 2);
    expect([numbers(first), first.next]).to.deep.equal([[3, 4], 4]);
    known.push(1, 20);
    const second = await api.jobs(first.next!, 2);
    expect([numbers(second), second.next]).to.deep.equal([[5, 9], 9]);
    const third = await api.jobs(second.next!, 2);
    expect([numbers(third), third.next]).to.deep.equal([[12, 20], null]);
    const beyond = await api.jobs(20);
    expect([numbers(beyond), beyond.next]).to.deep.equal([[], null]);
  });

  it('refuses pages that are none', async () => {
    for (const [after, limit] of [
      [0, 0],
      [0, 1001],
      [-1, 10],
      [0.5, 10],
    ] as const)
      expect(await failureOf(api.jobs(after, limit)), `${after} ${limit}`).to.include({
        code: 'request/schema',
      });
  });
});
