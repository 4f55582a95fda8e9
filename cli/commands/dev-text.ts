/** What `tributary dev` tells a person once all is up. */
import { join } from 'node:path';
import type { Stack } from '../dev/stack.ts';
import { dim } from '../output.ts';

type Facts = Stack &
  Readonly<{ home: string; logs: string; environment: Readonly<Record<string, string>>; seconds: number }>;

export function stackText({ home, logs, environment, seconds, ...stack }: Facts): string {
  const { rpc, ipfs, coordinator, deployment } = stack;
  const actor = join(home, 'owner-a');
  return [
    `Tributary is up after ${seconds} s. Ctrl-C stops it; its state is kept for the next time.`,
    '',
    `  chain        ${rpc} (chain id ${deployment.chainId})`,
    `  IPFS         ${ipfs}`,
    `  coordinator  ${coordinator.url}, account ${coordinator.address}`,
    `  contracts    registry ${deployment.registry}, access tokens ${deployment.accessToken},`,
    `               escrow ${deployment.escrow}, test coin ${deployment.paymentToken}`,
    `  logs         tributary logs --follow, files in ${logs}`,
    '',
    `Each actor has a home of its own. Homes inside ${home} find this stack by themselves:`,
    '',
    `  tributary --home ${actor} owner init`,
    `  tributary --home ${actor} chain fund ADDRESS    (gas and test coins)`,
    '',
    'For homes elsewhere:',
    '',
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    '',
    dim(
      'Test money only. Challenge windows may be as short as the floors of "tributary dev --help" say; with',
    ),
    dim(
      'buyer launch, give --round-timeout 60 --short-window 2 --long-window 30 to be paid within a minute.',
    ),
  ].join('\n');
}
