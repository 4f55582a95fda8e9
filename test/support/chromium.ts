/** A headless Chromium for tests: the one that is named, or the machine's. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { isRequired } from './required.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * By `TRIBUTARY_TEST_CHROMIUM`, a path, else by its name on the PATH. Else why there is none.
 *
 * @throws Error where `TRIBUTARY_REQUIRE` names chromium and there is none
 */
export async function findChromium(
  env: NodeJS.ProcessEnv = process.env,
): Promise<Browser | { skipped: string }> {
  const executablePath = env['TRIBUTARY_TEST_CHROMIUM'] ?? onPath(env['PATH'] ?? '');
  if (executablePath !== null) {
    // It opens pages of ours alone; containers have no sandbox for it, and little shared memory.
    return chromium.launch({ executablePath, chromiumSandbox: false, args: ['--disable-dev-shm-usage'] });
  }
  const skipped = `no Chromium: TRIBUTARY_TEST_CHROMIUM is not set, and the PATH has none of ${NAMES.join(', ')}`;
  if (isRequired('chromium', env)) throw new Error(skipped);
  return { skipped };
}

/** For a `before`: a browser, or what needs one is skipped, which says why. */
export async function chromiumOrSkip(context: Mocha.Context): Promise<Browser> {
  const found = await findChromium();
  if (!('skipped' in found)) return found;
  console.log(`skipped: ${found.skipped}`);
  return context.skip();
}

function onPath(path: string): string | null {
  const places = path.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return places.find((place) => existsSync(place)) ?? null;
}
