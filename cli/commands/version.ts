/** `tributary version`: package, protocol, Node, and a hash of the contracts that this version would deploy. */
import { readArtifact } from '#contracts/artifact.ts';
import { accessToken } from '#contracts/bindings/access-token.ts';
import { datasetRegistry } from '#contracts/bindings/dataset-registry.ts';
import { trainingEscrow } from '#contracts/bindings/training-escrow.ts';
import { sha256, toUtf8Bytes } from 'ethers';
import { protocolVersion } from '#protocol/typed-data.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { packageVersion } from '../version.ts';

export async function showVersion(options: CommonOptions): Promise<void> {
  const { json } = readSettings(options);
  const facts = {
    version: packageVersion(),
    protocol: protocolVersion,
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    contracts: contractsHash(),
  };
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(10)}${value}`);
  result(json, { event: 'version', ...facts }, lines.join('\n'));
}

/** SHA-256 over names and creation code of the three contracts. @throws TributaryError `contracts/not-compiled` */
function contractsHash(): string {
  const parts = [datasetRegistry, accessToken, trainingEscrow].map(
    ({ name }) => `${name} ${readArtifact(name).bytecode}\n`,
  );
  return sha256(toUtf8Bytes(parts.join('')));
}
