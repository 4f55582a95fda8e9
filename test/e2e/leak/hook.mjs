/**
 * For `--import` into an owner's client. It notes whom the process connects to, and swaps modules of crypto/:
 * `?swap=quantise` records the update in the owner's own home, `?swap=masking` takes the masks off.
 */
import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';

const swaps = {
  quantise: [
    new URL('../../../crypto/quantise.ts', import.meta.url),
    new URL('./recording-quantise.ts', import.meta.url),
  ],
  masking: [
    new URL('../../../crypto/masking.ts', import.meta.url),
    new URL('./no-masks.ts', import.meta.url),
  ],
};
const wanted = new URL(import.meta.url).searchParams.getAll('swap').map((name) => swaps[name]);

// The module that stands in gets the original when it asks for it.
const hook = `const swaps = new Map(${JSON.stringify(wanted)});
export const resolve = async (specifier, context, next) => {
  const found = await next(specifier, context);
  const instead = swaps.get(found.url);
  return instead === undefined || context.parentURL === instead ? found : { ...found, url: instead };
};`;
register(`data:text/javascript,${encodeURIComponent(hook)}`);

const connections = join(process.env.TRIBUTARY_HOME, 'connections');
subscribe('net.client.socket', ({ socket }) => {
  socket.once('connect', () =>
    appendFileSync(connections, `http://${socket.remoteAddress}:${socket.remotePort}\n`),
  );
});
