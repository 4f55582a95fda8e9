/** What the operator of a machine does to a coordinator that runs there, with a job under way. docs/rotation.md */
import { inspect } from 'node:util';
import { expect } from 'chai';
import { findCoordinator } from '#buyer/find-coordinator.ts';
import type { ControlCommand } from '#coordinator/control/commands.ts';
import { askControl, controlSocket } from '#coordinator/control/socket.ts';
import { systemClock } from '#coordinator/driver/clock.ts';
import type { Coordinator } from '#coordinator/start.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { World } from '#test/contracts/world.ts';
import { signInAs } from './access/signing-in.ts';
import { codeOf } from './code-of.ts';
import type { memoryLog } from './fakes.ts';
import { eventually, launchJob } from './launch.ts';

type Commanded = Readonly<{
  world: World;
  ipfsUrl: string;
  coordinator: Coordinator;
  folder: string;
  log: ReturnType<typeof memoryLog>;
  weights: readonly number[];
}>;

/** @param of the coordinator, once it runs; it has one job under way */
export function commanded(of: () => Commanded): void {
  describe('its operator on its machine', () => {
    const command = (asked: ControlCommand) => askControl(controlSocket(of().folder), asked);
    const status = () => coordinatorApi(of().coordinator.url).status();

    it('drains it: it says so, launches nothing new, and is there for the job that is under way', async () => {
      expect(await status()).to.deep.include({ draining: false });
      expect(await command({ command: 'drain', handOver: false })).to.deep.equal({
        ...{ instance: of().coordinator.instance, draining: true, jobs: 1 },
      });
      expect(await status()).to.deep.include({ draining: true });
      const { chainId, escrow } = of().world.deployment;
      expect(await codeOf(findCoordinator(of().coordinator.url, { chainId, escrow }, null))).to.equal(
        'launch/draining',
      );
      const ready = (await (await fetch(`${of().coordinator.url}/readyz`)).json()) as { parts: object };
      expect(ready.parts).not.to.have.property('work');
      const ipfs = connectIpfs(of().ipfsUrl);
      const launched = await launchJob({ ...of(), ipfs, url: of().coordinator.url });
      const { job } = launched.job.id;
      const refused = () =>
        of().log.lines.some(({ facts }) => inspect(facts).includes('operations/draining'));
      await eventually(async () => refused(), Boolean);
      expect(await codeOf(coordinatorApi(of().coordinator.url).job(job))).to.equal('job/unknown');
      await command({ command: 'resume' });
      await eventually(
        () => codeOf(coordinatorApi(of().coordinator.url).job(job)),
        (code) => code === 'resolved',
      );
    });

    it('rotates the secrets of its tokens while it runs', async () => {
      const where = { api: coordinatorApi(of().coordinator.url), clock: systemClock };
      const { accessToken } = await signInAs(where, of().world.buyer.key, ['account:read']);
      expect(await codeOf(where.api.account(accessToken))).to.equal('resolved');
      await command({ command: 'rotate-secrets', keepSeconds: 0 });
      expect(await codeOf(where.api.account(accessToken))).to.equal('auth/rotated');
      const again = await signInAs(where, of().world.buyer.key, ['account:read']);
      expect(await codeOf(where.api.account(again.accessToken))).to.equal('resolved');
      expect(of().log.lines.map(({ message }) => message)).to.include('token secrets were rotated');
    });
  });
}
