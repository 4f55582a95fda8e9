/** What goes wrong on purpose: two clients and the coordinator are killed with SIGKILL, and come back. */
import type { Coordinator, Owner } from './actors.ts';
import type { Service } from './processes.ts';

/** Long enough for a phase of other members to time out on a slow machine. */
const PATIENCE = 240;

/** Clients that are killed. */
export type Losses = Readonly<{
  /** The hold that an owner's client starts with. */
  holdOf(owner: number): string;
  /** Resolves when everyone who was killed is back. */
  happen(cast: Losing): Promise<void>;
}>;

/** The coordinator too. */
export type Accidents = Readonly<{
  holdOf(owner: number): string;
  coordinatorHold: string;
  happen(cast: Losing & Cast): Promise<void>;
}>;

/** Who is there when accidents happen. */
export type Cast = Readonly<{
  coordinator: Coordinator;
  /** Resolves when a round is settled. */
  settled(round: number): Promise<unknown>;
  say(text: string): void;
}>;

type Losing = Pick<Cast, 'settled' | 'say'> & Readonly<{ owners: readonly Owner[]; clients: Service[] }>;

/**
 * Round 2: a client dies after `sharing`, before it uploads. Round 3: another dies after it enrolled, before it shares.
 * Cohorts of three bear no loss.
 */
export function planLosses(clients: number, rounds: number): Losses {
  const bearsLoss = clients >= 4;
  const losses = [
    { owner: 1, round: 2, phase: 'masking', when: 'after sharing, before its upload' },
    { owner: 2, round: 3, phase: 'sharing', when: 'after enrolling, before sharing' },
  ].filter(({ round }) => bearsLoss && round <= rounds);
  return {
    holdOf(owner) {
      const loss = losses.find((one) => one.owner === owner);
      return loss ? `${loss.phase}@${loss.round}` : '';
    },
    async happen({ owners, clients: running, settled, say }) {
      const happening = losses.map(async ({ owner, round, when }) => {
        await running[owner]?.until('its hold', isHeld, PATIENCE * round);
        await running[owner]?.kill();
        say(`round ${round}: ${owners[owner]?.name ?? ''} killed (SIGKILL) ${when}`);
        await settled(round);
        const again = owners[owner]?.start();
        await again?.ready();
        if (again) running[owner] = again;
        say(`round ${round}: settled without ${owners[owner]?.name ?? ''}, which is back`);
      });
      await Promise.all(happening);
    },
  };
}

/** The losses, and in round 4 the coordinator dies inside `unmasking`, and comes back. */
export function planAccidents(clients: number, rounds: number): Accidents {
  const losses = planLosses(clients, rounds);
  const round = rounds >= 4 ? 4 : null;
  return {
    holdOf: losses.holdOf,
    coordinatorHold: round === null ? '' : `unmasking@${round}`,
    async happen(cast) {
      const { coordinator, say } = cast;
      const coordinatorLoss = async () => {
        if (round === null) return;
        await coordinator.service.until('its hold', isHeld, PATIENCE * round);
        await coordinator.service.kill();
        say(`round ${round}: the coordinator killed (SIGKILL) inside unmasking`);
        const again = await coordinator.restart();
        say(`round ${round}: the coordinator is back, process ${again.pid} after ${coordinator.service.pid}`);
      };
      await Promise.all([losses.happen(cast), coordinatorLoss()]);
    },
  };
}

const isHeld = (line: Readonly<Record<string, unknown>>): boolean => line['event'] === 'held';
