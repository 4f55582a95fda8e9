/** `tributary lineage export JOB`: a settled manifest and everything that it leads to, as one CAR. protocol.md §6 */
import { existsSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { writeCar } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { settledHead } from './lineage-head.ts';
import { metered } from './lineage-meter.ts';

type ExportOptions = CommonOptions & Readonly<{ out: string; round?: number; force?: boolean }>;

export async function exportLineage(options: ExportOptions, job: string): Promise<void> {
  const settings = readSettings(options);
  if (options.force !== true && existsSync(options.out)) {
    throw new TributaryError(
      'lineage/file-exists',
      `${options.out} is there already: name another file, or give --force to replace it`,
    );
  }
  const { root, round } = await settledHead(settings, job, options.round);
  const { passed } = await metered('exported', (count) =>
    writeCar(options.out, connectIpfs(settings.ipfs), root, { onBlock: count }),
  );
  result(
    settings.json,
    { event: 'exported', root: root.toString(), round, file: options.out, ...passed },
    `${root.toString()} → ${options.out}`,
  );
}
