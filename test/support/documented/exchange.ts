/** Holds what was asked and answered against the document: status, headers, content type, schema. */
import { resolved, type Placed, type Response } from '#coordinator/http/document/openapi.ts';
import { document, operationsAt, schemaFlaw } from './document.ts';

/** One request with its answer, as they went over the wire. */
export type Exchanged = Readonly<{
  method: string;
  url: string;
  /** Of JSON, parsed; undefined where there was none. */
  asked: unknown;
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
}>;

/** @returns what the document does not say of this exchange; null where it says all of it */
export function exchangeFlaw(exchanged: Exchanged): string | null {
  const { method, url, status } = exchanged;
  const flaw = flawOf(exchanged);
  return flaw === null ? null : `${method} ${url} answered ${status}: ${flaw}`;
}

function flawOf(exchanged: Exchanged): string | null {
  const { status, method } = exchanged;
  const here = operationsAt(exchanged.url);
  if (here.length === 0)
    return status === 404 ? problemFlaw(exchanged, 'request/unknown-route') : 'an undocumented path';
  const placed = here.find((one) => one.method === (method === 'HEAD' ? 'get' : method.toLowerCase()));
  if (!placed) {
    // A path that can't be read may be none of ours.
    if (status === 400) return problemFlaw(exchanged, 'request/malformed');
    return status === 405 ? methodFlaw(exchanged, here) : 'an undocumented method';
  }
  const found = placed.operation.responses[String(status)];
  if (!found) return 'an undocumented status';
  const response = resolved(document, found);
  return (
    headersFlaw(exchanged, response) ?? bodyFlaw(exchanged, placed, response) ?? askedFlaw(exchanged, placed)
  );
}

function methodFlaw(exchanged: Exchanged, here: readonly Placed[]): string | null {
  const allowed = here.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  if (exchanged.headers['allow'] !== allowed.join(', ')) return `Allow is ${exchanged.headers['allow']}`;
  return problemFlaw(exchanged, 'request/method-not-allowed');
}

/** A problem that no operation can say of itself. */
function problemFlaw({ body, headers, method }: Exchanged, code: string): string | null {
  if (!headers['content-type']?.startsWith('application/problem+json')) return 'no problem';
  if (method === 'HEAD') return null;
  const problem = JSON.parse(new TextDecoder().decode(body)) as { code?: string };
  if (problem.code !== code) return `${problem.code} instead of ${code}`;
  return schemaFlaw(['components', 'schemas', 'Problem'], problem);
}

function headersFlaw({ headers }: Exchanged, { headers: documented = {} }: Response): string | null {
  for (const [name, reference] of Object.entries(documented)) {
    const { required } = resolved(document, reference);
    const value = headers[name.toLowerCase()];
    if (value === undefined && required) return `no ${name}`;
    const flaw = value === undefined ? null : schemaFlaw(['components', 'headers', name, 'schema'], value);
    if (flaw !== null) return `${name}: ${flaw}`;
  }
  return null;
}

function bodyFlaw(exchanged: Exchanged, placed: Placed, { content }: Response): string | null {
  const { body, headers, method, status } = exchanged;
  const type = headers['content-type']?.split(';', 1)[0];
  if (!content) return type === undefined && body.length === 0 ? null : 'a body where none is documented';
  if (type === undefined || !(type in content)) return `the undocumented content type ${type}`;
  if (method === 'HEAD') return body.length === 0 ? null : 'a body for HEAD';
  if (type === 'text/event-stream') return eventsFlaw(new TextDecoder().decode(body));
  if (!type.endsWith('json')) return null;
  const value = JSON.parse(new TextDecoder().decode(body)) as unknown;
  return schemaFlaw([...placeOf(placed, status), 'content', type, 'schema'], value);
}

/** Each message has an id of its own, and data that the document has. */
function eventsFlaw(text: string): string | null {
  for (const message of text.split('\n\n').filter((block) => block.includes('data:'))) {
    const [, id, data] = /^id: (.+)\ndata: (.+)$/.exec(message) ?? [];
    if (id === undefined || data === undefined) return `${message} is no event`;
    const value = JSON.parse(data) as { id?: string };
    if (value.id !== id) return `${value.id} was sent as ${id}`;
    const flaw = schemaFlaw(['components', 'schemas', 'JobEvent'], value);
    if (flaw !== null) return flaw;
  }
  return null;
}

/** Where a response stands: behind a reference, or with its operation. */
function placeOf({ path, method, operation }: Placed, status: number): string[] {
  const reference = operation.responses[String(status)]?.$ref;
  return reference ? reference.slice(2).split('/') : ['paths', path, method, 'responses', String(status)];
}

/** What was accepted is what the document admits; what was refused for its form is not. */
function askedFlaw({ asked, status, body }: Exchanged, { path, method, operation }: Placed): string | null {
  if (!operation.requestBody || !('application/json' in operation.requestBody.content)) return null;
  const place = ['paths', path, method, 'requestBody', 'content', 'application/json', 'schema'];
  const flaw = schemaFlaw(place, asked);
  if (status === 200) return flaw === null ? null : `accepted though ${flaw}`;
  const { code, detail = '' } = JSON.parse(new TextDecoder().decode(body)) as {
    code: string;
    detail?: string;
  };
  const refused = code === 'request/schema' && detail.startsWith('body');
  return refused && flaw === null ? 'refused though the document admits it' : null;
}
