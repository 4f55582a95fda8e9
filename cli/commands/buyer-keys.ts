/** `tributary buyer init`: the buyer's key. */
import { toAddress } from '#protocol/units.ts';
import { createBuyerKey } from '../buyer-home.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function init(options: CommonOptions): Promise<void> {
  const settings = readSettings(options);
  const buyer = toAddress((await createBuyerKey(settings)).address);
  result(settings.json, { event: 'initialised', buyer }, `buyer ${buyer}; the key is in ${settings.home}`);
}
