/** `tributary lineage import FILE`: a CAR's blocks into the IPFS node, pinned under the same root. protocol.md §6.1 */
import { importCar } from '#datasets/car-import.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { metered } from './lineage-meter.ts';
import { patientIpfs } from './lineage-pin.ts';

export async function importLineage(
  options: CommonOptions & Readonly<{ partial?: boolean }>,
  file: string,
): Promise<void> {
  const settings = readSettings(options);
  const { value, passed } = await metered('imported', (count) =>
    importCar(file, patientIpfs(settings.ipfs), { partial: options.partial ?? false, onBlock: count }),
  );
  const { root, pinned } = value;
  if (!pinned)
    progress(`not pinned: the node at ${settings.ipfs} lacks some of what ${root.toString()} links`);
  result(
    settings.json,
    { event: 'imported', root: root.toString(), pinned, file, ...passed },
    root.toString(),
  );
}
