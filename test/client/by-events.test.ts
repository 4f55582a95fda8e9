/** A real round, real clients, a real coordinator: they follow its events, and where streams are refused, they ask by long polls. */
import { once } from 'node:events';
import { createServer, request as ask, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Wallet } from 'ethers';
import { Webhook } from 'standardwebhooks';
import { systemClock } from '#coordinator/driver/clock.ts';
import { defaultPolicy } from '#coordinator/operations/schema.ts';
import { startCoordinator, type Coordinator } from '#coordinator/start.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { makePolicy } from '#datasets/policy.ts';
import { digestHex } from '#model/model-store.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { JobEvent } from '#protocol/job-events.ts';
import { runOwner, type Running } from '#test/adversary/owner-client.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { signInAs } from '#test/coordinator/access/signing-in.ts';
import { memoryLog } from '#test/coordinator/fakes.ts';
import { eventually, launchJob, untilPhase } from '#test/coordinator/launch.ts';
import { newFolder, preparedDatabase, removeFolder } from '#test/coordinator/store/folder.ts';
import { Receiver } from '#test/coordinator/webhooks/receiver.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { startIpfsProcess, type NodeProcess } from '#test/support/ipfs.ts';
import { recipeColumns } from '#test/support/lineage.ts';
import { updateOf } from './support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';

const SEATS = 3;
const WEIGHT = 4;
const phases = ['enrolling', 'sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'];
const LONG_POLL = /\/attempts\/\d+\?.*\bwait=[1-9]/;

type Door = Readonly<{ url: string; asked: string[]; server: Server }>;

/** Passes everything on, piece by piece, and notes what was asked. @param streams whether it lets streams through */
async function openDoor(target: string, streams: boolean): Promise<Door> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const path = incoming.url ?? '';
    asked.push(path);
    if (!streams && path.endsWith('/events'))
      return void response.writeHead(501, { 'content-type': 'text/html' }).end('<p>no</p>');
    const { method, headers } = incoming;
    const outgoing = ask(new URL(path, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

describe('clients in a round', function () {
  this.timeout(120_000);
  let world: World;
  let node: NodeProcess;
  let coordinator: Coordinator;
  let receiver: Receiver;
  const folders: string[] = [];
  before(async () => {
    folders.push(await newFolder(), await newFolder());
    [world, node] = await Promise.all([startWorld(), startIpfsProcess(folders[1] ?? '')]);
    receiver = await new Receiver().start();
    coordinator = await startCoordinator({
      ...{ folder: folders[0] ?? '', host: '127.0.0.1', port: 0, log: memoryLog() },
      ...{ rpcUrl: world.chain.url, ipfsUrl: node.url, deployment: world.deployment },
      wallet: new Wallet(world.coordinator.key.privateKey),
      prepared: preparedDatabase(),
      policy: {
        current: () => ({
          ...defaultPolicy,
          webhooks: { ...defaultPolicy.webhooks, hosts: [receiver.host] },
        }),
        ...{ reload: () => Promise.resolve(), close: () => undefined },
      },
    });
  });
  after(async () => {
    await coordinator.stop();
    await Promise.all([world.stop(), node.stop(), receiver.stop()]);
    await Promise.all(folders.map(removeFolder));
    removeHomes();
  });

  /** Plays the first round of a job up to its settling, each client behind a door. @returns what they asked */
  async function play(streams: boolean) {
    const weights = Array.from({ length: SEATS }, () => WEIGHT);
    const ipfs = connectIpfs(node.url);
    const { job, facts } = await launchJob({ world, ipfs, url: coordinator.url, weights });
    const api = coordinatorApi(coordinator.url);
    const id = { job: facts.job, round: 1, attempt: 1 };
    await eventually(() => api.attempt(id));
    const { accessToken } = await signInAs({ api, clock: systemClock }, world.buyer.key);
    const { secret } = await api.createWebhook(accessToken, { url: receiver.url, job: id.job });
    const following = new AbortController();
    const seen: JobEvent[] = [];
    const follower = (async () => {
      for await (const event of api.events(id.job, { signal: following.signal })) seen.push(event);
    })();
    const doors: Door[] = [];
    const clients: Running[] = [];
    const owners = facts.seats.map(({ owner }) => owner);
    for (const [seat, { dataset, descriptor }] of job.manifest.datasets.entries()) {
      const door = await openDoor(coordinator.url, streams);
      doors.push(door);
      const policy = makePolicy({
        peers: owners.filter((owner) => owner !== owners[seat]),
        ...{ minimumCohort: 3, minimumPrice: 1n, maximumRounds: 5, layers: ['Dense'], coordinators: 'any' },
      });
      clients.push(
        await runOwner({
          ...{ deployment: world.deployment, rpcUrls: [world.chain.url], ipfsUrl: node.url },
          ...{ coordinatorUrl: door.url, home: newHome(), key: operatorKey(seat), dataset },
          ...{ digest: digestHex(descriptor), descriptor: { ...recipeColumns, rowsBucket: WEIGHT, policy } },
          ...{
            update: (dimension) => updateOf(seat, dimension),
            said: () => undefined,
            bend: (reads) => reads,
          },
        }),
      );
    }
    await untilPhase(api, id, 'settling');
    await eventually(
      async () => doors.every(({ asked }) => asked.some((path) => path.endsWith('/attestations'))),
      Boolean,
    );
    following.abort();
    await follower;
    await Promise.all(clients.map((client) => client.stop()));
    for (const { server } of doors) {
      server.closeAllConnections();
      server.close();
    }
    const told = () =>
      receiver.received.flatMap(({ body, headers }) => {
        const { data } = JSON.parse(body) as { data: JobEvent };
        if (data.job === id.job) new Webhook(secret).verify(body, headers as Record<string, string>);
        return data.job === id.job && data.type === 'phase' ? [data.phase] : [];
      });
    await eventually(async () => told().includes('settling'), Boolean);
    expect(told().slice(-6)).to.deep.equal(phases.slice(-6));
    const asked = doors.flatMap((door) => door.asked);
    const polls = asked.filter((path) => LONG_POLL.test(path)).length;
    return { polls, streams: asked.filter((path) => path.endsWith('/events')).length, seen };
  }

  it('wait for events, and not for long polls', async () => {
    const { polls, streams, seen } = await play(true);
    expect({ polls, streams }).to.deep.equal({ polls: 0, streams: SEATS });
    const told = seen.flatMap((event) => (event.type === 'phase' ? [event.phase] : []));
    expect(told.slice(-7)).to.deep.equal(phases);
  });

  it('wait for long polls where streams are refused, and come as far', async () => {
    const { polls, streams } = await play(false);
    expect(polls).to.be.above(2 * SEATS);
    expect(streams).to.be.at.least(SEATS);
  });
});
