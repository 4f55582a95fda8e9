/** `npm run demo`: plays a story in a temporary folder, and leaves nothing behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions, usage, type DemoOptions, type StoryName } from './options.ts';
import { endCommands } from './processes.ts';
import { startStack, type Stack } from './stack.ts';
import { dispute } from './stories/dispute.ts';
import { mainJob } from './stories/main-job.ts';
import type { Story } from './stories/story.ts';
import { vanish } from './stories/vanish.ts';

const stories: Readonly<Record<StoryName, Story>> = {
  main: mainJob,
  vanish,
  dispute,
};

const started = Date.now();
const say = (text: string): void => {
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stderr.write(`[${String(seconds).padStart(3)} s] ${text}\n`);
};

async function play(options: DemoOptions): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'tributary-demo-'));
  let stack: Stack | undefined;
  const interruption = new AbortController();
  const end = async () => {
    endCommands();
    await stack?.stop();
    rmSync(root, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      interruption.abort();
      say('stopping');
      void end().then(() => process.exit(130));
    });
  }
  try {
    const story = stories[options.story];
    stack = await startStack(root, say, story.court);
    const { outcome, sound } = await story.play(stack, options, say);
    if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
    if (options.keep) await keepUp(stack);
    process.exitCode = sound ? 0 : 1;
  } catch (error) {
    if (interruption.signal.aborted) return;
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    if (!interruption.signal.aborted) await end();
  }
}

/** Until Ctrl-C, which the signal handler sees to. */
async function keepUp({ rpc, ipfsUrl, folder }: Stack): Promise<never> {
  say(`kept up: chain ${rpc}, IPFS ${ipfsUrl}, homes in ${folder()}; Ctrl-C ends it all`);
  say(
    `try: TRIBUTARY_RPC=${rpc} TRIBUTARY_DEPLOYMENT=${folder('deployment.json')} npx tributary audit --help`,
  );
  setInterval(() => undefined, 60_000);
  return new Promise(() => undefined);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options) await play(options);
  else process.stdout.write(`${usage}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}\n`);
  process.exitCode = 2;
}
