/** `tributary owner run`: the owner's agent, until it is stopped. protocol.md §4 */
import { startClient } from '#client/agent.ts';
import { challengeRules, type ChallengeOptions } from '../challenge-options.ts';
import { readDeployment } from '../chain.ts';
import { readHold } from '../hold.ts';
import { untilStopped } from '../lifetime.ts';
import { commandLog, heldAloud } from '../log.ts';
import { result } from '../output.ts';
import { ownerHome, registered } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function runClient(
  options: CommonOptions & ChallengeOptions & Readonly<{ data: string }>,
): Promise<void> {
  const settings = readSettings(options);
  const deployment = readDeployment(settings.deployment);
  const home = ownerHome(settings);
  const { dataset, schema } = registered(home);
  const stop = untilStopped();
  const client = startClient({
    folder: home.client,
    key: (await home.operatorKey()).signingKey,
    deployment,
    rpcUrl: settings.rpc,
    furtherRpcUrls: settings.furtherRpcs,
    ipfsUrl: settings.ipfs,
    dataset,
    csv: options.data,
    reading: schema.reading,
    salt: home.salt(),
    challenges: challengeRules(options),
    log: commandLog(settings.json),
    signal: stop,
    hold: readHold(deployment.chainId),
    held: heldAloud(settings.json),
  });
  result(
    settings.json,
    { event: 'ready', dataset, pid: process.pid },
    `client of dataset ${dataset} is running`,
  );
  await client.done;
}
