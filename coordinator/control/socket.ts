/** A coordinator's own socket on its machine, in a folder that only its user may enter: whoever reaches it may command it. unix(7) */
import { once } from 'node:events';
import { chmod, mkdir, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { TributaryError } from '#crypto/error.ts';
import { factsOf, type Log } from '../driver/log.ts';
import { isCode } from '../store/files.ts';
import { controlCommand, type ControlCommand } from './commands.ts';

/** `sun_path` of macOS has 104 bytes, its end included; that of Linux 108. */
const LONGEST_PATH = 103;
const MOST_BYTES = 4_096;
const OWNER_ALONE = 0o700;
const MOST_MILLIS = 30_000;

/** @param folder of the coordinator */
export const controlSocket = (folder: string): string => join(folder, 'control', 'socket');

type Answer = (command: ControlCommand) => Promise<object>;

/** @returns what closes it; where it can't be had, that is logged, and the service goes on without */
export async function openControl(path: string, answer: Answer, log: Log): Promise<() => Promise<void>> {
  const server = createServer((asked, response) => void respond(asked, response, answer));
  try {
    if (Buffer.byteLength(path) > LONGEST_PATH)
      throw new TributaryError('control/path', `${path} is longer than a socket's path may be`);
    await mkdir(dirname(path), { recursive: true, mode: OWNER_ALONE });
    await chmod(dirname(path), OWNER_ALONE);
    if ((await askControl(path, { command: 'state' })) !== null)
      throw new TributaryError('control/taken', 'another coordinator of this home runs');
    // What a killed process left.
    await rm(path, { force: true });
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    log.warn({ path, ...factsOf(error) }, 'this coordinator can not be commanded from its machine');
    return () => Promise.resolve();
  }
  return async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
}

async function respond(asked: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  const say = (status: number, said: object) => void response.writeHead(status).end(JSON.stringify(said));
  try {
    if (Number(asked.headers['content-length'] ?? Infinity) > MOST_BYTES) return say(413, {});
    say(200, await answer(controlCommand.parse(JSON.parse(await text(asked)))));
  } catch (error) {
    const { code, message } =
      error instanceof TributaryError ? error : { code: 'control/refused', message: 'this is no command' };
    say(400, { code, message });
  }
}

/**
 * Commands the coordinator that runs there.
 *
 * @returns its answer; null where none runs. @throws TributaryError what it refuses with; `control/unreachable`
 */
export async function askControl(path: string, command: ControlCommand): Promise<unknown> {
  const body = JSON.stringify(command);
  const headers = { 'content-length': Buffer.byteLength(body) };
  const asked = request({ socketPath: path, method: 'POST', headers, timeout: MOST_MILLIS });
  asked.on('timeout', () => asked.destroy(new Error('no answer')));
  try {
    asked.end(body);
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    const said = JSON.parse(await text(response)) as Readonly<{ code?: string; message?: string }>;
    if (response.statusCode === 200) return said;
    throw new TributaryError(said.code ?? 'control/refused', said.message ?? 'it was refused');
  } catch (error) {
    if (error instanceof TributaryError) throw error;
    if (isCode(error, 'ENOENT') || isCode(error, 'ECONNREFUSED')) return null;
    const why = 'the coordinator of this home does not answer on its socket';
    throw new TributaryError('control/unreachable', `${path}: ${why}`, { cause: error });
  }
}
