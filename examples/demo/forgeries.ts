/** Two forgeries on copies: a flipped byte in one stored block, and a lineage that is false but consistent. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CID } from 'multiformats/cid';
import { carBlockStore, writeCar } from '#datasets/car.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { isBlockOf } from '#protocol/dag.ts';
import { modelSchema, roundSchema, type RoundManifest } from '#protocol/manifests.ts';
import { Service, command, type Environment } from './processes.ts';
import type { Stack } from './stack.ts';

export type Forgery = Readonly<{ kind: string; detected: boolean; named: string }>;
type Finding = Readonly<{
  verdict: Readonly<{ result: string; code?: string; place?: string; detail?: string }>;
}>;

/** Which round is forged: the last but one, so that later manifests must be re-hashed. */
const targetRound = (rounds: number): number => Math.max(1, rounds - 1);

/** One byte of a model's weights is flipped in a copy of the IPFS node's folder, and a second node serves the copy. */
export async function flippedByte(
  stack: Stack,
  job: string,
  lineage: string,
  rounds: number,
): Promise<Forgery> {
  const car = await carBlockStore(lineage);
  const manifest = await manifestOf(car, car.root, targetRound(rounds));
  const { weights } = await readBlock(car, manifest.modelAfter, modelSchema, 'the model');
  await car.close();
  const copy = stack.folder('forged-ipfs');
  cpSync(stack.folder('ipfs', 'ipfs'), copy, { recursive: true, filter: (path) => !path.endsWith('lock') });
  flip(copy, weights);
  const node = stack.own(
    new Service('forged ipfs', ['ipfs', 'start', '--port', '0', '--folder', copy], stack.home('forger')),
  );
  const url = String((await node.ready())['url']);
  const forged = await auditOf(['audit', job, '--levels', '1'], {
    ...stack.home('auditor'),
    TRIBUTARY_IPFS: url,
  });
  await node.stop();
  return { kind: 'flipped-byte', ...forged };
}

/** One manifest is altered and every later one re-hashed: the copy is sound in itself, and differs from the chain. */
export async function consistentLineage(
  stack: Stack,
  job: string,
  lineage: string,
  rounds: number,
): Promise<Forgery> {
  const target = targetRound(rounds);
  const car = await carBlockStore(lineage);
  const store = scratchStore(car);
  let previous: CID | null = null;
  for (let round = target; round <= rounds; round++) {
    const honest = await manifestOf(car, car.root, round);
    const altered: RoundManifest =
      round === target ? { ...honest, modelAfter: honest.modelBefore } : { ...honest, previous };
    previous = await writeBlock(store, altered);
  }
  const file = stack.folder('forged.car');
  if (previous !== null) await writeCar(file, store, previous);
  await car.close();
  const forged = await auditOf(['audit', job, '--levels', '1', '--car', file], stack.home('auditor'));
  return { kind: 'consistent-lineage', ...forged };
}

async function manifestOf(
  car: Parameters<typeof readBlock>[0],
  head: CID,
  round: number,
): Promise<RoundManifest> {
  for (let at: CID | null = head; at !== null;) {
    const manifest: RoundManifest = await readBlock(car, at, roundSchema, 'a manifest');
    if (manifest.round === round) return manifest;
    at = manifest.previous;
  }
  throw new Error(`the lineage has no round ${round}`);
}

/** Blocks are files whose names carry their multihash; the copy's file is found by its content. */
function flip(folder: string, cid: CID): void {
  const path = files(folder).find((file) => holds(file, cid));
  if (path === undefined) throw new Error(`no stored block ${cid.toString()}`);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

const holds = (file: string, cid: CID): boolean => isBlockOf(cid, readFileSync(file));

const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

async function auditOf(args: readonly string[], env: Environment): Promise<Omit<Forgery, 'kind'>> {
  const { code, line } = await command(args, env);
  const findings = (line['findings'] ?? []) as readonly Finding[];
  const failed = findings.find(({ verdict }) => verdict.result === 'failed')?.verdict;
  const named = failed ? `${failed.place ?? ''}: ${failed.detail ?? ''} (${failed.code ?? ''})` : 'nothing';
  return { detected: code === 3 && failed !== undefined, named };
}
