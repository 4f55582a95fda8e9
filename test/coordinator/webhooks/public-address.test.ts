/** What a stranger names is reached on the public internet or not at all, by whatever name or spelling it comes. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as secureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { generate } from 'selfsigned';
import { post } from '#coordinator/webhooks/post.ts';
import { isPublic } from '#coordinator/webhooks/public-address.ts';
import { publicLookup, targetFlaw } from '#coordinator/webhooks/target.ts';

const inner = [
  ...[
    '0.0.0.0',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
  ],
  ...['127.255.255.254', '168.63.129.16', '169.254.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
  ...[
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
  ],
  ...['203.0.113.9', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '64:ff9b::a00:1'],
  ...[
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:5ef5:79fd::1',
    '2001:10::1',
    '2001:db8::1',
    '2002:7f00:1::1',
  ],
  ...[
    '2620:4f:8000::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fdff::1',
    'fe80::1',
    'fe80::1%eth0',
  ],
  ...['fec0::1', 'ff02::1', 'ff0e::1'],
];
const outer = [
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255'],
  ...['128.0.0.1', '169.253.255.255', '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.15'],
  ...['2606:4700:4700::1111', '2a00:1450:4001::1', '2001:4860:4860::8888', '3ffe::1'],
];

describe('an address', () => {
  it('is public by the registries, and not where it is anything else', () => {
    for (const address of inner) expect(isPublic(address), address).to.equal(false);
    for (const address of outer) expect(isPublic(address), address).to.equal(true);
    for (const none of ['', 'localhost', '8.8.8', '2130706433', '0x7f.1', '8.8.8.8 ', '[::1]'])
      expect(isPublic(none), none).to.equal(false);
  });
});

describe("a webhook's URL", () => {
  const code = (url: string, hosts: readonly string[] = []) => targetFlaw(url, hosts)?.code ?? null;

  it('is of https, without a user or a fragment', () => {
    expect(code('https://receiver.example/a?b=c')).to.equal(null);
    expect(code('https://receiver.example:8443/')).to.equal(null);
    for (const wrong of [
      ...['http://receiver.example/', 'ftp://receiver.example/', 'https://u:p@receiver.example/'],
      ...['https://u@receiver.example/', 'https://receiver.example/#x', 'https://', 'x', 'https://exa mple/'],
    ])
      expect(code(wrong), wrong).to.equal('webhook/url');
  });

  it('has no address that is not public, however that is spelled', () => {
    const spelled = [
      ...[
        '127.0.0.1',
        '127.1',
        '2130706433',
        '0x7f000001',
        '0177.0.0.1',
        '0x7f.1',
        '127.0.0.1.',
        '①②⑦.⓪.⓪.①',
      ],
      ...[
        '169.254.169.254',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:a9fe:a9fe]',
        '[0:0:0:0:0:0:0:1]',
        '[fd00::1]',
      ],
    ];
    for (const host of spelled) expect(code(`https://${host}/`), host).to.equal('webhook/url');
    expect(code('https://8.8.8.8/')).to.equal(null);
  });

  it('may lead to a host that the operator names, by http too, and to no other port of it', () => {
    const hosts = ['10.0.0.7:8080', 'hooks.internal', '[fd00::7]:443'];
    expect(code('http://10.0.0.7:8080/', hosts)).to.equal(null);
    expect(code('http://hooks.internal:99/', hosts)).to.equal(null);
    expect(code('https://[fd00::7]/', hosts)).to.equal(null);
    for (const other of [
      'http://10.0.0.7/',
      'https://10.0.0.7:8081/',
      'https://[fd00::8]/',
      'http://x.hooks.internal/',
    ])
      expect(code(other, hosts), other).to.equal('webhook/url');
  });
});

describe('a message to a host whose name leads inside', () => {
  const { signal } = new AbortController();
  const message = (url: string) => ({ url, headers: {}, body: '{}' });

  /** A resolver that says this of every name. */
  const resolving = (...addresses: string[]) =>
    publicLookup(((_name: string, _options: object, callback: (...of: unknown[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as never);

  async function listener() {
    let connections = 0;
    const server = createServer((_request, response) => response.end());
    server.on('connection', () => (connections += 1));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const close = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    return { port, close, connections: () => connections };
  }

  it('is not sent, whichever of its addresses is private', async () => {
    const { port, close, connections } = await listener();
    for (const addresses of [
      ['127.0.0.1'],
      ['8.8.8.8', '127.0.0.1'],
      ['::1'],
      ['::ffff:127.0.0.1'],
      ['169.254.169.254'],
    ]) {
      const lookup = resolving(...addresses);
      const outcome = await post(message(`https://rebinding.example:${port}/`), {
        hosts: [],
        signal,
        lookup,
      });
      expect(outcome, addresses.join()).to.include({ taken: false, failure: 'webhook/private-address' });
    }
    expect(connections()).to.equal(0);
    await close();
  });

  it('is not sent to an address in the URL, nor by http', async () => {
    const { port, close, connections } = await listener();
    const failure = async (url: string) => {
      const outcome = await post(message(url), { hosts: [], signal });
      return outcome.taken ? null : outcome.failure;
    };
    expect(await failure(`https://127.0.0.1:${port}/`)).to.equal('webhook/private-address');
    expect(await failure(`https://localhost:${port}/`)).to.equal('webhook/private-address');
    expect(await failure(`http://localhost:${port}/`)).to.equal('webhook/url');
    expect(connections()).to.equal(0);
    await close();
  });

  it('is broken off where the address that is really there is another than was looked up', async () => {
    const { port, close } = await listener();
    // As if something below the look-up had its own mind.
    const lookup = ((_name: string, options: { all?: boolean }, callback: (...of: unknown[]) => void) =>
      options.all
        ? callback(null, [{ address: '127.0.0.1', family: 4 }])
        : callback(null, '127.0.0.1', 4)) as never;
    const outcome = await post(message(`https://rebinding.example:${port}/`), { hosts: [], signal, lookup });
    expect(outcome).to.include({ failure: 'webhook/private-address' });
    await close();
  });
});

describe('a receiver over TLS', () => {
  it('is not believed without a certificate that the platform trusts', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
      keySize: 2048,
    });
    let asked = 0;
    const server = secureServer({ key, cert }, (_request, response) => {
      asked += 1;
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { signal } = new AbortController();
    const outcome = await post(
      { url: `https://localhost:${port}/`, headers: {}, body: '{}' },
      { hosts: ['localhost'], signal },
    );
    expect(outcome).to.include({ taken: false, failure: 'webhook/unreachable' });
    expect(asked).to.equal(0);
    server.close();
    await once(server, 'close');
  });
});
