/** Bytecode from contracts/artifacts, which scripts/compile-contracts.ts writes. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { Interface } from 'ethers';
import { TributaryError } from '#crypto/error.ts';
import type { Address, Hex } from '#protocol/units.ts';
import type { Mined, Transactor } from './transact.ts';
import type { TypedAbi } from './typed-abi.ts';

/** What the compiler made of a contract: the code that creates it, and the code that then stands on the chain. */
export type Artifact = Readonly<{
  bytecode: Hex;
  /** With zeros where immutable values go. */
  deployedBytecode: Hex;
  /** Offsets into it of every use of each immutable value, by its name in the sources; each takes 32 bytes. */
  immutables: Readonly<Record<string, readonly number[]>>;
}>;

/** Another folder of artifacts, which the tests then deploy from: mutants, and builds that report what they run. */
const { TRIBUTARY_ARTIFACTS: otherFolder } = process.env;
const folder = otherFolder ? pathToFileURL(`${otherFolder}/`) : new URL('./artifacts/', import.meta.url);

/** @throws TributaryError `contracts/not-compiled` */
export function readArtifact(name: string): Artifact {
  const path = new URL(`${name}.json`, folder);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Artifact;
  } catch (cause) {
    throw new TributaryError(
      'contracts/not-compiled',
      `${name} is not compiled: run "node --import tsx scripts/compile-contracts.ts".`,
      { cause },
    );
  }
}

/** A contract that was put on a chain, and the arguments of its constructor as the ABI encodes them. */
export type Deployed = Mined & Readonly<{ created: Address; constructorArguments: Hex }>;

/** Deploys one contract. @throws as `Transactor.send`, and `contracts/not-compiled` */
export async function deployContract<R, W, E, C extends readonly unknown[]>(
  transactor: Transactor,
  { name, abi }: TypedAbi<R, W, E, C>,
  args: C,
): Promise<Deployed> {
  const constructorArguments = new Interface(abi).encodeDeploy(args) as Hex;
  const data: Hex = `${readArtifact(name).bytecode}${constructorArguments.slice(2)}`;
  const mined = await transactor.send({ data });
  if (mined.created === null) throw new TributaryError('chain/failed', `The chain deployed no ${name}.`);
  return { ...mined, created: mined.created, constructorArguments };
}
