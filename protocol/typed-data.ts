/** The EIP-712 domain and every typed message, once. protocol.md §1.3, §4.1 */
import type { TypedDataDomain, TypedDataField } from 'ethers';
import type { Address } from './units.ts';

/** Where signatures are valid: one escrow on one chain. */
export type Domain = Readonly<{ chainId: number; escrow: Address }>;

/** Bound into every signature. protocol.md §1.2 */
export const protocolVersion = '1';

export const typedDomain = ({ chainId, escrow }: Domain): TypedDataDomain => ({
  name: 'Tributary',
  version: protocolVersion,
  chainId,
  verifyingContract: escrow,
});

const fields = (list: string): TypedDataField[] =>
  list.split(',').map((field) => {
    const [type = '', name = ''] = field.trim().split(' ');
    return { type, name };
  });

const attempt = 'uint256 job, uint32 round, uint32 attempt';
const settlement = `${attempt}, bytes32 manifest, bytes32 payoutRoot, uint256 total, bytes32 participants, uint64 deadline`;

/** Primary types by name. The contract spells Attestation and Approval the same way. */
export const typedData = {
  Enrolment: fields(
    `${attempt}, uint32 seat, address operator, bytes32 channelKey, bytes32 maskKey, bytes32 model, bytes32 recipe, bytes32 terms, bytes32 parameters, uint64 deadline, string backend`,
  ),
  Shares: fields(
    `${attempt}, uint32 member, bytes32 roster, bytes32 seedDigest, bytes32 shareRoot, bytes32 ciphertextRoot`,
  ),
  Received: fields(`${attempt}, uint32 member, bytes32 roster, bytes32 sharers, bytes unopened`),
  Input: fields(`${attempt}, uint32 member, bytes32 roster, bytes32 sharers, bytes32 inputRoot`),
  Confirm: fields(`${attempt}, uint32 member, bytes32 roster, bytes32 sharers, bytes32 survivors`),
  Abort: fields(`${attempt}, uint32 member, bytes32 roster, string reason`),
  Unmasking: fields(`${attempt}, uint32 member, bytes32 roster, bytes32 survivors, bytes32 shares`),
  Attestation: fields(settlement),
  Approval: fields(settlement),
  Refusal: fields(`${attempt}, uint32 seat, bytes32 proposal, string reason`),
  EvidenceRequest: fields(`${attempt}, address requester, uint64 deadline`),
} as const;

export type PrimaryType = keyof typeof typedData;
