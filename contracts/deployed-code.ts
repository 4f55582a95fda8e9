/**
 * Whether the code at a deployment's addresses is what this version compiles. Immutable values are in the code itself,
 * and differ from one deployment to another: the compiler leaves a `PUSH32 0` where one goes, and only there may the two
 * differ. What those values are is read by the getters and held against the deployment record.
 */
import type { Provider } from 'ethers';
import { fromHex } from '#crypto/bytes.ts';
import type { Address } from '#protocol/units.ts';
import { readArtifact } from './artifact.ts';
import { accessToken } from './bindings/access-token.ts';
import { datasetRegistry } from './bindings/dataset-registry.ts';
import { trainingEscrow } from './bindings/training-escrow.ts';
import { connect } from './connect.ts';
import { chainError } from './decode-error.ts';
import type { Deployment } from './deployment.ts';

export type CodeVerdict = Readonly<{
  contract: string;
  address: Address;
  /** `none`: no contract is there. `wired-otherwise`: its code, but with other contracts behind it. */
  verdict: 'same' | 'other' | 'none' | 'wired-otherwise';
}>;

const PUSH1 = 0x60;
const PUSH32 = 0x7f;

/** @throws TributaryError `chain/unreachable`, `contracts/not-compiled` */
export async function checkDeployedCode(
  provider: Provider,
  deployment: Deployment,
): Promise<readonly CodeVerdict[]> {
  const { registry, accessToken: token, escrow, paymentToken } = deployment;
  const contracts = connect(deployment, provider);
  const of = async (
    contract: string,
    address: Address,
    wired: () => Promise<boolean>,
  ): Promise<CodeVerdict> => {
    const code = await codeAt(provider, address);
    if (code === '0x') return { contract, address, verdict: 'none' };
    const same = isSameCode(fromHex(readArtifact(contract).deployedBytecode), fromHex(code));
    if (!same) return { contract, address, verdict: 'other' };
    return { contract, address, verdict: (await wired()) ? 'same' : 'wired-otherwise' };
  };
  return Promise.all([
    of(datasetRegistry.name, registry, () => Promise.resolve(true)),
    of(accessToken.name, token, async () => {
      const [of, paidIn] = await Promise.all([
        contracts.accessToken.read.registry(),
        contracts.accessToken.read.paymentToken(),
      ]);
      return of === registry && paidIn === paymentToken;
    }),
    of(trainingEscrow.name, escrow, async () => (await contracts.escrow.read.accessToken()) === token),
  ]);
}

/** @param template as compiled, with zeros for immutable values */
export function isSameCode(template: Uint8Array, code: Uint8Array): boolean {
  if (template.length !== code.length) return false;
  const open = immutableBytes(template);
  return template.every((byte, at) => byte === code[at] || open[at] === 1);
}

/** One for each byte that the compiler left for an immutable value. */
function immutableBytes(template: Uint8Array): Uint8Array {
  const open = new Uint8Array(template.length);
  for (let at = 0; at < template.length; at += 1) {
    const opcode = template[at] ?? 0;
    if (opcode < PUSH1 || opcode > PUSH32) continue;
    const length = opcode - PUSH1 + 1;
    const operand = template.subarray(at + 1, at + 1 + length);
    if (opcode === PUSH32 && operand.every((byte) => byte === 0)) open.fill(1, at + 1, at + 1 + length);
    at += length;
  }
  return open;
}

async function codeAt(provider: Provider, address: Address): Promise<string> {
  try {
    return await provider.getCode(address);
  } catch (error) {
    throw chainError(error, `the code at ${address}`);
  }
}
