/** The masked inputs among recorded HTTP requests. protocol.md §4.4 */
import type { Recording } from './detector.ts';

export type Upload = Readonly<{ round: number; member: number; body: Uint8Array }>;

const requestLine = /PUT \/v1\/jobs\/\d+\/rounds\/(\d+)\/attempts\/\d+\/inputs\/(\d+) HTTP\/1\.1\r\n/g;

/** The uploads whose bodies were recorded to their last byte. */
export const uploadsIn = (recordings: readonly Recording[]): Upload[] => recordings.flatMap(completeUploads);

function completeUploads({ bytes }: Recording): Upload[] {
  const text = Buffer.from(bytes).toString('latin1');
  return [...text.matchAll(requestLine)].flatMap((found) => {
    const [, round, member] = found;
    const start = text.indexOf('\r\n\r\n', found.index) + 4;
    const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(found.index, start))?.[1]);
    const body = bytes.slice(start, start + length);
    return start > 3 && body.length === length
      ? [{ round: Number(round), member: Number(member), body }]
      : [];
  });
}
