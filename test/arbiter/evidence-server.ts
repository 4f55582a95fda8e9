/** A coordinator's evidence over real HTTP, for those who may read it by the job's terms; or refused, or away. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { exportCar } from '#datasets/car.ts';
import type { ScratchStore } from '#datasets/scratch-store.ts';
import { signedEvidenceRequest } from '#protocol/messages.ts';
import { signedBy } from '#protocol/signature.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Address } from '#protocol/units.ts';
import type { MadeRound } from '#test/auditor/round.ts';

export type Served = Readonly<{
  domain: Domain;
  readers: readonly Address[];
  evidence: ScratchStore;
  rounds: readonly MadeRound[];
}>;

export type EvidenceServer = Readonly<{
  url: string;
  /** What it gives; null: it breaks every connection off. */
  give(served: Served | null): void;
  /** Requests that it answered with evidence, by requester. */
  given: Address[];
  stop(): Promise<void>;
}>;

export async function startEvidenceServer(): Promise<EvidenceServer> {
  let served: Served | null = null;
  const given: Address[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const round = /^\/v1\/jobs\/\d+\/rounds\/(\d+)\/attempts\/\d+\/evidence$/.exec(request.url ?? '')?.[1];
    const root = served?.rounds[Number(round) - 1]?.evidence;
    if (served === null || root === undefined) return void request.socket.destroy();
    const token = request.headers.authorization?.replace('Tributary ', '') ?? '';
    const signed = signedEvidenceRequest.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
    const { requester } = signed.message;
    if (
      !served.readers.includes(requester) ||
      !signedBy(requester, served.domain, 'EvidenceRequest', signed)
    ) {
      response.writeHead(403, { 'content-type': 'application/problem+json' });
      const problem = {
        type: 'about:blank',
        title: 'no',
        status: 403,
        code: 'evidence/forbidden',
        detail: 'no',
      };
      return void response.end(JSON.stringify(problem));
    }
    given.push(requester);
    for await (const part of exportCar(served.evidence, root)) response.write(part);
    response.end();
  };
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    give: (what) => void (served = what),
    given,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
