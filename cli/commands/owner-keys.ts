/** `tributary owner init`: two keys and a salt. */
import { toAddress } from '#protocol/units.ts';
import { result } from '../output.ts';
import { ownerHome } from '../owner-home.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

export async function init(options: CommonOptions): Promise<void> {
  const settings = readSettings(options);
  const { owner, operator } = await ownerHome(settings).init();
  const addresses = { owner: toAddress(owner.address), operator: toAddress(operator.address) };
  result(
    settings.json,
    { event: 'initialised', ...addresses },
    `owner    ${addresses.owner}\noperator ${addresses.operator}\nkeys are in ${settings.home}; back them up`,
  );
}
