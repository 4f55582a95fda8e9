/** Where the contracts stand, and with what code: what every actor is configured with and holds against the chain. */
import { z } from 'zod';
import { address, bytes32, hex } from '#protocol/units.ts';

const block = z.int().min(0);

/** One value for each of our contracts. */
const each = <T extends z.ZodType>(value: T) =>
  z.strictObject({
    registry: value,
    accessToken: value,
    escrow: value,
    administration: value,
    policy: value,
    disputes: value,
    seatReader: value,
  });

/** A deployment as its file holds it; deployed-code.ts holds it against the chain. */
export const deploymentSchema = z.strictObject({
  /** 2 since it says code and constructor arguments, and names the contracts of disputes and administration. */
  version: z.literal(2),
  chainId: z.int().min(1),
  registry: address,
  accessToken: address,
  escrow: address,
  /** Not one of our contracts, but on a local chain: any ERC-20 that takes no fee and does not rebase. */
  paymentToken: address,
  administration: address,
  policy: address,
  disputes: address,
  seatReader: address,
  /** Block of each contract's deployment: no event of it is older. */
  blocks: each(block),
  /** keccak256 of the code that stands on the chain, and the constructor's arguments as the ABI encodes them. */
  contracts: each(z.strictObject({ codeHash: bytes32, constructorArguments: hex })),
});

export type Deployment = Readonly<z.infer<typeof deploymentSchema>>;

/** Our contracts, by their names in the record. */
export type ContractName = keyof Deployment['contracts'];
