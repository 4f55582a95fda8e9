/** The receiver of the example takes what is signed, once, and nothing that is forged or came before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { formatSecret, signedHeaders } from '#coordinator/webhooks/signature.ts';
import { post } from '#coordinator/webhooks/post.ts';
import { Secret } from '#crypto/secret.ts';
import { toSeconds } from '#protocol/units.ts';

const secret = new Secret(new Uint8Array(32).fill(3));
const now = () => toSeconds(Math.floor(Date.now() / 1000));

describe('the example of a receiver', function () {
  this.timeout(60_000);

  it('takes a signed message once, refuses a forged and a replayed one, and goes on', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'examples/webhook-receiver/main.ts', '0'], {
      env: { ...process.env, WEBHOOK_SECRET: formatSecret(secret) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: Record<string, unknown>[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(JSON.parse(line) as Record<string, unknown>));
    try {
      while (lines.length === 0) await once(reader, 'line');
      const host = `127.0.0.1:${String(lines[0]?.['port'])}`;
      const body = JSON.stringify({ type: 'job.settled', data: { job: 7 } });
      const send = async (headers: Readonly<Record<string, string>>, text = body) => {
        const posting = { hosts: [host], signal: new AbortController().signal };
        const outcome = await post({ url: `http://${host}/`, headers, body: text }, posting);
        return outcome.taken ? 'taken' : outcome.failure;
      };
      const signed = signedHeaders('msg_1', now(), body, [secret]);
      expect(await send(signed)).to.equal('taken');
      expect(await send(signed)).to.equal('taken');
      expect(await send(signed, body.replace('7', '8'))).to.equal('webhook/refused (401)');
      expect(await send({ ...signed, 'webhook-id': 'msg_2' })).to.equal('webhook/refused (401)');
      const old = signedHeaders('msg_3', toSeconds(now() - 400), body, [secret]);
      expect(await send(old)).to.equal('webhook/refused (401)');
      const other = signedHeaders('msg_4', now(), body, [new Secret(new Uint8Array(32).fill(4))]);
      expect(await send(other)).to.equal('webhook/refused (401)');
      expect(
        await send(signedHeaders('msg_5', now(), 'x'.repeat(70_000), [secret]), 'x'.repeat(70_000)),
      ).to.equal('webhook/refused (413)');
      const both = signedHeaders('msg_6', now(), body, [new Secret(new Uint8Array(32).fill(4)), secret]);
      expect(await send(both)).to.equal('taken');
      // A line is printed before the answer, and may be read after it. What was refused would stand before the last.
      while (lines.at(-1)?.['id'] !== 'msg_6') await once(reader, 'line');
      expect(lines.slice(1).map((line) => line['id'])).to.deep.equal(['msg_1', 'msg_6']);
    } finally {
      child.kill();
      await once(child, 'exit');
    }
  });
});
