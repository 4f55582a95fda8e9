/** The one file of a multipart/form-data body. Source: RFC 7578, RFC 2046 §5.1.1 */
import { wrongRequest } from './rpc-error.ts';

const lineEnd = Buffer.from('\r\n');
const headersEnd = Buffer.from('\r\n\r\n');

/**
 * @param contentType the request's header, which names the boundary
 * @throws RpcError 400 unless the body is exactly one part
 */
export function onlyPart(body: Buffer, contentType: string | undefined): Uint8Array {
  const delimiter = Buffer.concat([lineEnd, Buffer.from(`--${boundaryOf(contentType)}`)]);
  // The first delimiter has no line end before it.
  const opening = delimiter.subarray(2);
  const start = body.indexOf(headersEnd);
  const firstLine = body.subarray(0, opening.length + 2);
  if (start < 0 || !firstLine.equals(Buffer.concat([opening, lineEnd]))) {
    throw wrongRequest('the body does not begin with a part');
  }
  const content = body.subarray(start + headersEnd.length);
  const end = content.indexOf(delimiter);
  if (end < 0) throw wrongRequest('the body ends before its part does');
  const closing = content.subarray(end + delimiter.length).toString('latin1');
  if (!/^--[ \t]*(\r\n)?$/.test(closing)) throw wrongRequest('one file at a time');
  return content.subarray(0, end);
}

function boundaryOf(contentType = ''): string {
  const found = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(
    contentType,
  );
  const boundary = found?.[1] ?? found?.[2];
  if (boundary === undefined) throw wrongRequest('send the block as a file of multipart/form-data');
  return boundary;
}
