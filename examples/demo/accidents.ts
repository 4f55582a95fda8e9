/** What goes wrong on purpose: two clients and the coordinator are killed with SIGKILL, and come back. */
import { setUpCoordinator, type Owner } from './actors.ts';
import type { Service } from './processes.ts';
import type { Stack } from './stack.ts';

/** Long enough for a phase of other members to time out on a slow machine. */
const PATIENCE = 240;

/** Clients that are killed. */
export type Losses = Readonly<{
  /** The hold that an owner's client starts with. */
  holdOf(owner: number): string;
  /** Resolves when everyone who was killed is back. */
  happen(cast: Losing): Promise<void>;
}>;

/** Who is there when accidents happen. */
export type Cast = Readonly<{
  /** Resolves when a round is settled. */
  settled(round: number): Promise<unknown>;
  say(text: string): void;
}>;

/** The service as the story has it: one coordinator, or several behind one URL. */
export type Staffed = Readonly<{
  address: string;
  url: string;
  /** What happens to it; resolves when whoever was killed is back. */
  accident(cast: Cast): Promise<void>;
  /** What there is to say of it at the end; empty for nothing. */
  told(): string;
}>;

type Losing = Cast & Readonly<{ owners: readonly Owner[]; clients: Service[] }>;

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

/** In round 4 the coordinator dies inside `unmasking`, and comes back. */
export async function setUpOneCoordinator(stack: Stack, rounds: number): Promise<Staffed> {
  const round = rounds >= 4 ? 4 : null;
  const coordinator = await setUpCoordinator(stack, round === null ? '' : `unmasking@${round}`);
  return {
    ...coordinator,
    async accident({ say }) {
      if (round === null) return;
      await coordinator.service.until('its hold', isHeld, PATIENCE * round);
      await coordinator.service.kill();
      say(`round ${round}: the coordinator killed (SIGKILL) inside unmasking`);
      const again = await coordinator.restart();
      say(`round ${round}: the coordinator is back, process ${again.pid} after ${coordinator.service.pid}`);
    },
    told: () => '',
  };
}

const isHeld = (line: Readonly<Record<string, unknown>>): boolean => line['event'] === 'held';
