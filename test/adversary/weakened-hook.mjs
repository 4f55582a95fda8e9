/**
 * Module hooks: a module imported with `?weakened=<folder>` is loaded as a copy of its own, and so is every module of
 * ours below it. Where the folder holds a file of the same path, the copy is what stands there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const house = new URL('../../', import.meta.url).href;
const isOurs = (url) => url.startsWith(house) && !url.includes('/node_modules/');
const folderOf = (url) => (url?.startsWith('file:') ? new URL(url).searchParams.get('weakened') : null);

export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  const folder = folderOf(context.parentURL);
  if (folder === null || !isOurs(found.url)) return found;
  const url = new URL(found.url);
  url.searchParams.set('weakened', folder);
  return { ...found, url: url.href };
}

export async function load(url, context, next) {
  const folder = folderOf(url);
  if (folder === null) return next(url, context);
  const path = fileURLToPath(new URL(url)).slice(fileURLToPath(house).length);
  const weakened = `${folder}/${path}.js`;
  return existsSync(weakened)
    ? { format: 'module', source: readFileSync(weakened, 'utf8'), shortCircuit: true }
    : next(url, context);
}
