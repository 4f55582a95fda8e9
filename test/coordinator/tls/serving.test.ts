/** The service by TLS: who believes it, what it refuses, and a certificate that is renewed under open connections. docs/tls.md */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect, TLSSocket } from 'node:tls';
import { expect } from 'chai';
import express from 'express';
import { serve, type Service } from '#coordinator/service.ts';
import { systemClock } from '#coordinator/driver/clock.ts';
import { createSeries } from '#coordinator/metrics/series.ts';
import { keepCertificate, type KeptCertificate } from '#coordinator/tls/keep.ts';
import { memoryLog } from '../fakes.ts';
import { eventually } from '../launch.ts';
import { newFolder, removeFolder } from '../store/folder.ts';
import { certificate, install, type Made } from './certificates.ts';

const run = promisify(execFile);

describe('a service by TLS', () => {
  let folder: string;
  let authority: Made;
  let kept: KeptCertificate;
  let service: Service;
  const log = memoryLog();

  before(async () => {
    folder = await newFolder();
    authority = await certificate('a private authority');
    await writeFile(join(folder, 'ca.pem'), authority.cert);
    kept = await keepCertificate(await install(folder, await certificate('first', { ca: authority })), log);
    const nothing = {
      jobs: { list: () => [], phases: () => [], depth: () => 0 },
      gate: { isClosed: () => true },
    };
    service = await serve(
      {
        ...nothing,
        ...{ database: { query: async () => [] }, ipfs: { version: async () => '1' } },
        provider: {} as never,
        blobs: { look: async () => undefined, free: async () => null },
        leastFree: () => 0,
        room: { figures: async () => ({ free: null, kept: 0, reserved: 0 }) },
        ...{ chainId: 31_337, folder, series: createSeries(), clock: systemClock, log, refusals: log },
        stopping: new AbortController().signal,
        judge: (ready) => ready,
      },
      express().use((_request, response) => void response.json({ here: true })),
      { host: '127.0.0.1', port: 0, tls: kept },
    );
  });
  after(async () => {
    kept.close();
    await service.close()();
    await removeFolder(folder);
  });

  type Seen = Readonly<{ body: string; name: string; socket: TLSSocket; hsts: string }>;
  const ask = (agent: Agent, path = '/'): Promise<Seen> =>
    new Promise((resolve, reject) => {
      const asked = request(`${service.url}${path}`, { agent, ca: authority.cert }, (response) => {
        const { socket } = response;
        if (!(socket instanceof TLSSocket)) throw new Error('without TLS');
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () =>
          resolve({
            ...{ body, socket, name: String(socket.getPeerCertificate().subject.CN) },
            hsts: String(response.headers['strict-transport-security']),
          }),
        );
      });
      asked.on('error', reject).end();
    });

  it('is at an https URL, and tells browsers to stay there', async () => {
    expect(service.url).to.match(/^https:\/\/127\.0\.0\.1:\d+$/);
    for (const path of ['/', '/healthz'])
      expect((await ask(new Agent(), path)).hsts, path).to.equal('max-age=31536000');
    expect((await ask(new Agent())).body).to.equal('{"here":true}');
  });

  it('speaks no TLS before 1.2', async () => {
    const spoken = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const options = { minVersion: version, maxVersion: version, ca: authority.cert } as const;
        const socket = connect({
          host: '127.0.0.1',
          port: Number(new URL(service.url).port),
          ...options,
          ciphers: 'DEFAULT@SECLEVEL=0',
        });
        socket.on('secureConnect', () => (resolve(String(socket.getProtocol())), socket.destroy()));
        socket.on('error', () => resolve('refused'));
      });
    // OpenSSL may refuse the older ones by itself; that is not ours to rely on.
    expect(kept.first.minVersion).to.equal('TLSv1.2');
    expect([await spoken('TLSv1.1'), await spoken('TLSv1.2'), await spoken('TLSv1.3')]).to.deep.equal([
      'refused',
      'TLSv1.2',
      'TLSv1.3',
    ]);
  });

  it('is believed by the typed client whom NODE_EXTRA_CA_CERTS tells of its authority, and by no other', async () => {
    const script = `import { exchange } from '#protocol/http/request.ts';
      const asked = { method: 'GET', url: ${JSON.stringify(service.url)}, timeoutMillis: 20000, limitBytes: 99 };
      const said = await exchange(asked).then(({ bytes }) => new TextDecoder().decode(bytes), (error) => error.code + ' ' + error.message);
      console.log(said);`;
    const said = async (env: Record<string, string>) => {
      const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
      return (await run(process.execPath, args, { env: { ...process.env, ...env } })).stdout.trim();
    };
    const [believed, not] = await Promise.all([
      said({ NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }),
      said({}),
    ]);
    expect(believed).to.equal('{"here":true}');
    expect(not).to.match(
      /^coordinator\/unreachable .*certificate is not believed \([A-Z_]+\).*NODE_EXTRA_CA_CERTS=FILE$/,
    );
  });

  it('shows a renewed certificate to whoever comes, and drops nobody who is there', async () => {
    const staying = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await ask(staying);
    expect(before.name).to.equal('first');
    await install(folder, await certificate('second', { ca: authority }));
    await eventually(
      () => ask(new Agent()),
      ({ name }) => name === 'second',
    );
    const again = await ask(staying);
    expect(again.socket, 'the same connection').to.equal(before.socket);
    expect(again.name).to.equal('first');
    staying.destroy();
    expect(log.lines.map(({ message }) => message)).to.include('the TLS certificate changed');
  });

  it('keeps the one before where the files are no pair', async () => {
    const third = await certificate('third', { ca: authority });
    await install(folder, { cert: third.cert, key: authority.key });
    await kept.reload();
    expect((await ask(new Agent())).name).to.equal('second');
    expect(log.lines.at(-1)).to.deep.include({ level: 'error' });
    expect(log.lines.at(-1)?.facts).to.include({ code: 'tls/key-mismatch' });
  });
});
