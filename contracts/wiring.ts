/**
 * What a deployment record says that each contract was made with: constructor arguments, and from them the immutable
 * values that stand in its code.
 */
import { AbiCoder, Interface, TypedDataEncoder, encodeBytes32String, id, toBeHex } from 'ethers';
import { protocolVersion, typedDomain } from '#protocol/typed-data.ts';
import type { Hex } from '#protocol/units.ts';
import { accessToken } from './bindings/access-token.ts';
import { administration } from './bindings/administration.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { disputes } from './bindings/disputes.ts';
import { openingPolicy } from './bindings/opening-policy.ts';
import { seatReader } from './bindings/seat-reader.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import type { ContractName, Deployment } from './deployment.ts';

/** Which contract stands under each name of the record. */
export const contractAbis: Readonly<
  Record<ContractName, Readonly<{ name: string; abi: readonly string[] }>>
> = {
  registry: datasetRegistry,
  accessToken,
  escrow: trainingEscrow,
  administration,
  policy: openingPolicy,
  disputes,
  seatReader,
};

/** In the order of the record. */
export const contractNames = Object.keys(contractAbis) as ContractName[];

/** In the constructor's order; a struct's members are a list of their own. */
export type Arguments = readonly unknown[];

/** @returns the recorded arguments of its constructor, null where they do not decode */
export function argumentsOf({ contracts }: Deployment, name: ContractName): Arguments | null {
  const { inputs } = new Interface(contractAbis[name].abi).deploy;
  try {
    return AbiCoder.defaultAbiCoder().decode(inputs, contracts[name].constructorArguments).toArray(true);
  } catch {
    return null;
  }
}

/** @returns the same arguments, those that name a contract of the record taken from there */
export function wiredArguments(deployment: Deployment, name: ContractName, given: Arguments): Hex {
  const { registry, accessToken: token, escrow, administration: authority } = deployment;
  const { paymentToken, policy, disputes: court } = deployment;
  const wired: Readonly<Record<ContractName, readonly unknown[]>> = {
    registry: [],
    accessToken: [registry, paymentToken],
    escrow: [token, policy, court, given[3], given[4]],
    administration: [given[0]],
    policy: [authority, given[1]],
    disputes: [escrow, paymentToken, given[2], given[3]],
    seatReader: [escrow],
  };
  return new Interface(contractAbis[name].abi).encodeDeploy(wired[name]) as Hex;
}

/** @returns the value of each immutable, by its name in the sources: an address, a number or 32 bytes */
export function immutablesOf(deployment: Deployment, name: ContractName, given: Arguments): Map<string, Hex> {
  const { registry, accessToken: token, escrow, paymentToken, policy, disputes: court } = deployment;
  const [minRoundTimeout, minShortWindow, minLongWindow] = (name === 'policy' ? given[1] : []) as Arguments;
  const values: Readonly<Record<ContractName, Readonly<Record<string, unknown>>>> = {
    registry: {},
    accessToken: { registry, paymentToken },
    escrow: {
      ...{ registry, accessToken: token, paymentToken, policy, disputes: court },
      ...{ feeRecipient: given[3], seedOffset: given[4] },
      ...signingImmutables(deployment),
    },
    administration: {},
    policy: { minRoundTimeout, minShortWindow, minLongWindow },
    disputes: { _escrow: escrow, paymentToken, defenceWindow: given[2], judgementWindow: given[3] },
    seatReader: { escrow, registry },
  };
  return new Map(
    Object.entries(values[name]).map(([key, value]) => [key, toBeHex(value as string | bigint, 32) as Hex]),
  );
}

/** As OpenZeppelin's EIP712 keeps them: what every signature over a settlement is bound to. protocol.md §1.3 */
function signingImmutables({ chainId, escrow }: Deployment): Readonly<Record<string, unknown>> {
  const domain = typedDomain({ chainId, escrow });
  const name = domain.name ?? '';
  return {
    _cachedDomainSeparator: TypedDataEncoder.hashDomain(domain),
    _cachedChainId: BigInt(chainId),
    _cachedThis: escrow,
    _hashedName: id(name),
    _hashedVersion: id(protocolVersion),
    _name: shortString(name),
    _version: shortString(protocolVersion),
  };
}

/** OpenZeppelin's ShortString: the text to the left, its length in the last byte. */
const shortString = (text: string): bigint => BigInt(encodeBytes32String(text)) | BigInt(text.length);
