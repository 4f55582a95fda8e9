/** For `--import`: `#platform` means the portable implementation, as it does outside Node. */
import { register } from 'node:module';

const portable = new URL('../../../crypto/platform/portable.ts', import.meta.url).href;
const hook = `export const resolve = (specifier, context, next) =>
  next(specifier === '#platform' ? ${JSON.stringify(portable)} : specifier, context);`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
