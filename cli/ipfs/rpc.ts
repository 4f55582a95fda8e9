/**
 * The calls of Kubo's RPC that Tributary uses, as Kubo answers them.
 * Source: https://docs.ipfs.tech/reference/kubo/rpc/
 */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { CID } from 'multiformats/cid';
import { cidOf, maximumBlockBytes } from '#protocol/dag.ts';
import { timeLimit } from '#protocol/time-limit.ts';
import { cidArgument, codecArgument, readArguments, timeoutArgument, type Arguments } from './arguments.ts';
import { onlyPart } from './multipart.ts';
import type { IpfsNode } from './node.ts';
import type { Pins } from './pins.ts';
import { RpcError, missingBlock, wrongRequest } from './rpc-error.ts';

type Call = Readonly<{
  accepts: Readonly<Record<string, RegExp>>;
  run(given: Arguments, request: Request, response: Response): Promise<unknown>;
}>;

/** Room for the multipart frame around a block. */
const frameBytes = 16 * 1024;
/** As Kubo, which does not exchange larger ones. */
const bigBlockBytes = 1024 * 1024;
const anything = /^/;
const yesOrNo = /^(true|false)$/;
const onlyYes = /^true$/;

export function createRpc(node: IpfsNode, pins: Pins): Express {
  const app = express().disable('x-powered-by').disable('etag');
  app.use('/api/v0', refuseBrowsers);
  for (const [name, call] of Object.entries(calls(node, pins))) {
    const body =
      name === 'block/put' ? [express.raw({ type: () => true, limit: maximumBlockBytes + frameBytes })] : [];
    app.post(`/api/v0/${name}`, ...body, async (request, response) => {
      const { searchParams } = new URL(request.originalUrl, 'http://localhost');
      const answer = await call.run(readArguments(searchParams, call.accepts), request, response);
      if (!response.headersSent) response.json(answer);
    });
  }
  app.use((_request, response) => void response.status(404).type('text/plain').send('404 page not found'));
  app.use(answerError);
  return app;
}

function calls(node: IpfsNode, pins: Pins): Readonly<Record<string, Call>> {
  return {
    version: {
      accepts: {},
      run: () =>
        Promise.resolve({
          Version: node.version,
          Commit: '',
          Repo: '',
          System: `${process.arch}/${process.platform}`,
          Golang: '',
        }),
    },

    'block/put': {
      accepts: {
        'cid-codec': /^(raw|dag-cbor)$/,
        format: /^(raw|dag-cbor|cbor)$/,
        mhtype: /^sha2-256$/,
        mhlen: /^(-1|32)$/,
        'allow-big-block': yesOrNo,
      },
      async run(given, request) {
        const codec = codecArgument(given);
        const body: unknown = request.body;
        if (!Buffer.isBuffer(body)) throw wrongRequest('send the block as a file of multipart/form-data');
        const bytes = onlyPart(body, request.headers['content-type']);
        if (bytes.length > maximumBlockBytes) throw tooBig();
        if (bytes.length > bigBlockBytes && given.get('allow-big-block') !== 'true') {
          throw new RpcError(500, 0, 'produced block is over 1MiB: big blocks need allow-big-block=true');
        }
        const cid = cidOf(codec, bytes);
        await node.put(cid, bytes);
        return { Key: cid.toString(), Size: bytes.length };
      },
    },

    'block/get': {
      accepts: { arg: anything },
      async run(given, _request, response) {
        const bytes = await reader(node, given, response)(cidArgument(given));
        return response.set('X-Content-Type-Options', 'nosniff').type('application/octet-stream').send(bytes);
      },
    },

    'block/stat': {
      accepts: { arg: anything },
      async run(given, _request, response) {
        const cid = cidArgument(given);
        const bytes = await reader(node, given, response)(cid);
        return { Key: cid.toString(), Size: bytes.length };
      },
    },

    'pin/add': {
      accepts: { arg: anything, recursive: onlyYes, stream: yesOrNo },
      async run(given, _request, response) {
        const cid = cidArgument(given);
        await pins.add(cid, reader(node, given, response));
        return { Pins: [cid.toString()] };
      },
    },

    'pin/ls': {
      accepts: { arg: anything, type: /^(all|recursive)$/, stream: yesOrNo },
      run(given) {
        const wanted = given.has('arg') ? [cidArgument(given)] : pins.list();
        const missing = wanted.find((cid) => !pins.has(cid));
        if (missing) throw new RpcError(500, 0, `path '${missing.toString()}' is not pinned`);
        return Promise.resolve({
          Keys: Object.fromEntries(wanted.map((cid) => [cid.toString(), { Type: 'recursive' }])),
        });
      },
    },

    'pin/rm': {
      accepts: { arg: anything, recursive: onlyYes },
      async run(given) {
        const cid = cidArgument(given);
        await pins.remove(cid);
        return { Pins: [cid.toString()] };
      },
    },
  };
}

/** Where a call's blocks come from: the disk if it says `offline`, else peers too, for as long as the caller waits. */
function reader(node: IpfsNode, given: Arguments, response: Response): (cid: CID) => Promise<Uint8Array> {
  if (given.get('offline') === 'true') {
    return async (cid) => {
      const bytes = await node.get(cid);
      if (bytes === null) throw missingBlock(cid);
      return bytes;
    };
  }
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const timeout = timeoutArgument(given);
  if (timeout === null) return (cid) => node.fetch(cid, gone.signal);
  const { signal, end } = timeLimit(timeout, gone.signal);
  response.once('close', end);
  return (cid) => node.fetch(cid, signal);
}

/**
 * As Kubo: a call is a POST, and none comes from a web page. A browser names the page's origin on every POST,
 * even when a page has pointed its own name at this address.
 */
function refuseBrowsers(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'POST') {
    response.status(405).set('Allow', 'POST').type('text/plain').send('405 - Method Not Allowed');
  } else if (request.headers.origin !== undefined || request.headers.referer !== undefined) {
    response.status(403).type('text/plain').send('403 - Forbidden');
  } else {
    next();
  }
}

const tooBig = () => new RpcError(413, 1, `a block holds at most ${maximumBlockBytes} bytes`);

function answerError(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) return next(error);
  const known = error instanceof RpcError ? error : fromBodyParser(error);
  response.status(known.status).json({ Message: known.message, Code: known.code, Type: 'error' });
}

/** What express.raw throws carries a status; anything else is a failure of the node, a full disk say. */
function fromBodyParser(error: unknown): RpcError {
  if (!(error instanceof Error)) return new RpcError(500, 0, String(error));
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 500;
  return new RpcError(status, status < 500 ? 1 : 0, error.message);
}
