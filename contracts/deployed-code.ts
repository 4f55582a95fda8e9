/**
 * Whether a deployment is what its record says: at each address the code that this version compiles, with the immutable
 * values that follow from the record in every place where one is used, and the code that was there when it was recorded.
 *
 * A getter alone would not do: code that was not made by our constructor could answer with one value and use another.
 */
import { keccak256, type Provider } from 'ethers';
import { equalBytes, fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { toAddress, type Address, type Hex } from '#protocol/units.ts';
import { readArtifact, type Artifact } from './artifact.ts';
import { connect, type Contracts } from './connect.ts';
import { chainError } from './decode-error.ts';
import type { ContractName, Deployment } from './deployment.ts';
import { argumentsOf, contractAbis, contractNames, immutablesOf, wiredArguments } from './wiring.ts';

/** One contract of the record; all that is wrong with it, nothing where it is as recorded. */
export type Standing = Readonly<{
  contract: string;
  address: Address;
  problems: readonly TributaryError[];
}>;

const WORD = 32;

/**
 * @throws TributaryError `deployment/no-code`, `deployment/other-code`, `deployment/other-wiring`,
 *   `deployment/other-hash`, `deployment/other-arguments`; as `checkDeployment`
 */
export async function assertDeployment({ provider, deployment }: Pick<Contracts, 'provider' | 'deployment'>) {
  for (const { problems } of await checkDeployment(provider, deployment)) {
    if (problems[0]) throw problems[0];
  }
}

/** @throws TributaryError `chain/unreachable`, `chain/failed`, `contracts/not-compiled` */
export const checkDeployment = (provider: Provider, deployment: Deployment): Promise<readonly Standing[]> =>
  Promise.all(
    contractNames.map(async (name) => ({
      contract: contractAbis[name].name,
      address: deployment[name],
      problems: await problemsOf(provider, deployment, name),
    })),
  );

async function problemsOf(
  provider: Provider,
  deployment: Deployment,
  name: ContractName,
): Promise<TributaryError[]> {
  const what = `${contractAbis[name].name} at ${deployment[name]}`;
  const code = await codeAt(provider, deployment[name]);
  if (code === '0x') return [new TributaryError('deployment/no-code', `there is no ${what}`)];
  const problems = codeProblems(deployment, name, fromHex(code), what);
  const { codeHash } = deployment.contracts[name];
  if (keccak256(code) !== codeHash) {
    problems.push(
      new TributaryError('deployment/other-hash', `the code of ${what} is not the one that the record is of`),
    );
  }
  if (name === 'policy' && problems.length === 0) {
    problems.push(...(await authorityProblems(provider, deployment, what)));
  }
  return problems;
}

function codeProblems(
  deployment: Deployment,
  name: ContractName,
  code: Uint8Array,
  what: string,
): TributaryError[] {
  const given = argumentsOf(deployment, name);
  if (given === null || wiredArguments(deployment, name, given) !== constructorArguments(deployment, name)) {
    return [
      new TributaryError(
        'deployment/other-arguments',
        `the record contradicts itself: ${what} was made with other contracts than it names`,
      ),
    ];
  }
  const artifact = readArtifact(contractAbis[name].name);
  if (!isSameCode(artifact, code)) {
    return [
      new TributaryError(
        'deployment/other-code',
        `${what} has other code than this version compiles: use the version that deployed it`,
      ),
    ];
  }
  const wrong = otherValues(artifact, code, immutablesOf(deployment, name, given));
  if (wrong.length === 0) return [];
  return [
    new TributaryError(
      'deployment/other-wiring',
      `${what} works with other values than the record says: ${wrong.join(', ')}`,
    ),
  ];
}

const constructorArguments = ({ contracts }: Deployment, name: ContractName): Hex =>
  contracts[name].constructorArguments;

/** The one wire that is no immutable: whom the policy obeys. */
async function authorityProblems(
  provider: Provider,
  deployment: Deployment,
  what: string,
): Promise<TributaryError[]> {
  const authority = toAddress(await connect(deployment, provider).policy.read.authority());
  if (authority === deployment.administration) return [];
  return [
    new TributaryError(
      'deployment/other-wiring',
      `${what} obeys ${authority}, not the administration that the record names`,
    ),
  ];
}

/** Whether code differs from the compiled one only where immutable values go. */
export function isSameCode({ deployedBytecode, immutables }: Artifact, code: Uint8Array): boolean {
  const template = fromHex(deployedBytecode);
  if (template.length !== code.length) return false;
  const blank = code.slice();
  for (const at of Object.values(immutables).flat()) blank.fill(0, at, at + WORD);
  return equalBytes(template, blank);
}

/** As `disputes is 0x…`, for each immutable that has another value in any of its places. */
function otherValues(
  { immutables }: Artifact,
  code: Uint8Array,
  expected: ReadonlyMap<string, Hex>,
): string[] {
  return Object.entries(immutables).flatMap(([name, places]) => {
    const found = places.map((at) => toHex(code.subarray(at, at + WORD)));
    const other = found.find((value) => value !== expected.get(name));
    return other === undefined ? [] : [`${name} is ${shortened(other)}`];
  });
}

/** Addresses and small numbers without the zeros before them. */
const shortened = (word: Hex): string => word.replace(/^0x0{24}(?=[0-9a-f]{40}$)/, '0x');

async function codeAt(provider: Provider, address: Address): Promise<string> {
  try {
    return await provider.getCode(address);
  } catch (error) {
    throw chainError(error, `the code at ${address}`);
  }
}
