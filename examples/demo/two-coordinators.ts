/** Two coordinators of one account on one database, behind one URL; the one that has the job is killed, and comes back. */
import { startBalancer } from './balancer.ts';
import type { Staffed } from './accidents.ts';
import { setUpCoordinatorKey } from './actors.ts';
import { Service, type Line } from './processes.ts';
import { openSharedDatabase } from './shared-database.ts';
import type { Stack } from './stack.ts';

/** Seconds that each round before may take on a slow machine. */
const PATIENCE = 240;
const HOLDER_MILLIS = 20_000;

type Member = { readonly port: number; service: Service; instance: string };

export async function setUpTwoCoordinators(
  stack: Stack,
  rounds: number,
  databaseUrl: string,
): Promise<Staffed> {
  const address = await setUpCoordinatorKey(stack);
  const database = stack.own(await openSharedDatabase(databaseUrl));
  const balancer = stack.own(await startBalancer());
  const start = async (port: number): Promise<Member> => {
    const service = stack.own(
      new Service(
        'coordinator',
        ['coordinator', 'start', '--port', String(port), '--public-url', balancer.url],
        { ...stack.home('coordinator'), DATABASE_URL: database.url, TRIBUTARY_HOLD: '' },
      ),
    );
    const ready = await service.ready();
    const isStart = (line: Line): boolean => line['message'] === 'coordinator started';
    const { listening } = await service.until('its port', isStart, PATIENCE);
    return { port: Number(new URL(String(listening)).port), service, instance: String(ready['instance']) };
  };
  const members = await Promise.all([start(0), start(0)]);
  for (const { port } of members) balancer.add(port);
  const round = Math.min(rounds, 4);

  /** Which of the two has the job's lock, as the server says. */
  async function holder(): Promise<Member> {
    const deadline = Date.now() + HOLDER_MILLIS;
    for (;;) {
      const instance = await database.holder(members.map((member) => member.instance));
      const found = members.find((member) => member.instance === instance);
      if (found) return found;
      if (Date.now() > deadline) throw new Error('neither coordinator has the job');
    }
  }

  const inMasking = (line: Line): boolean =>
    line['message'] === 'phase begins' && line['phase'] === 'masking' && line['round'] === round;

  return {
    address,
    url: balancer.url,
    async accident({ settled, say }) {
      // Whichever took the message that began the phase says so.
      await Promise.any(
        members.map(({ service }) => service.until(`masking of round ${round}`, inMasking, PATIENCE * round)),
      );
      const lost = await holder();
      await lost.service.kill();
      say(
        `round ${round}: the coordinator that had the job, process ${lost.service.pid}, killed (SIGKILL) in masking`,
      );
      const heir = await holder();
      say(`round ${round}: process ${heir.service.pid} has the job now`);
      await settled(round);
      const again = await start(lost.port);
      Object.assign(lost, again);
      say(`round ${round}: settled; the one that was killed is back as process ${again.service.pid}`);
    },
    told: () => `connections to the two coordinators: ${balancer.served().join(' and ')}`,
  };
}
