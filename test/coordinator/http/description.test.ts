/** The API's description: the document that is served is the committed one, and the page says what it says. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import express from 'express';
import { documentOf } from '#coordinator/http/document/document.ts';
import { operationsIn, type Document } from '#coordinator/http/document/openapi.ts';
import { html } from '#coordinator/http/page/html.ts';
import { pageOf } from '#coordinator/http/page/page.ts';
import { problemHandler } from '#coordinator/http/problems.ts';
import { routeAll } from '#coordinator/http/route.ts';
import { announce } from '#coordinator/round/announced.ts';
import { operations } from '#protocol/http/operations.ts';
import { cohort } from '#test/support/cohort.ts';
import { document, schemaFlaw } from '#test/support/documented/document.ts';
import { memoryLog } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { noTokens } from './no-tokens.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });

describe('the description of the API', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  after(() => service.stop());

  it('is served as it is committed', async () => {
    const committed: unknown = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    expect(await service.api.openapi()).to.deep.equal(committed);
  });

  it('has each operation, under its own id', () => {
    const described = operationsIn(document).map(({ operation }) => operation.operationId);
    expect(described.sort()).to.deep.equal(Object.keys(operations).sort());
  });

  it('has examples that are what it says', () => {
    let seen = 0;
    for (const [name, { examples = [] }] of Object.entries(document.components.schemas))
      for (const example of examples) {
        expect(schemaFlaw(['components', 'schemas', name], example), name).to.equal(null);
        seen += 1;
      }
    expect(seen).to.be.above(15);
  });

  it('is a page without script or anything from elsewhere, in the style that its policy names alone', async () => {
    const response = await fetch(`${service.url}/v1/docs`);
    expect(response.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    const page = await response.text();
    expect(await service.api.docs()).to.equal(page);
    // Nobody's names (RFC 2606) stand in examples.
    expect(page).not.to.match(
      /<script|<link|<img|<iframe|@import|url\(|style="|https?:\/\/(?![\w-]+\.example\b)/,
    );
    const [style = '', ...others] = [...page.matchAll(/<style>([^]*?)<\/style>/g)].map(
      ([, text = '']) => text,
    );
    expect(others).to.deep.equal([]);
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).to.equal(
      `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
  });

  it('is a page that leads to each operation and each schema', () => {
    const page = pageOf(documentOf());
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(links.filter((id) => !anchors.has(id))).to.deep.equal([]);
    for (const id of Object.keys(operations)) expect(links).to.include(`operation-${id}`);
    for (const name of Object.keys(document.components.schemas)) expect(anchors).to.include(`schema-${name}`);
  });

  it('puts text into the page as text', () => {
    const hostile = `<b>&"'</b>`;
    expect(html`<p title="${hostile}">${[html`<i>${hostile}</i>`]}</p>`.text).to.equal(
      '<p title="&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;"><i>&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;</i></p>',
    );
  });
});

describe('a deprecated operation', () => {
  const deprecated = { since: '2026-11-01T00:00:00Z', sunset: '2027-05-01T12:00:00Z' };
  const old = { status: { ...operations.status, deprecated } };

  it('says since when, until when and where to read on, refused or not', async () => {
    const app = express();
    routeAll(app, old, { status: () => ({ version: 1 }) as never }, noTokens);
    app.use(problemHandler(memoryLog()));
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/status`;
    for (const accept of ['*/*', 'text/html']) {
      const { headers } = await fetch(url, { headers: { accept } });
      expect(Object.fromEntries(headers), accept).to.include({
        deprecation: '@1793491200',
        sunset: 'Sat, 01 May 2027 12:00:00 GMT',
        link: '</v1/docs>; rel="deprecation"; type="text/html"',
      });
    }
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  it('is marked in the document and on the page', () => {
    const made = documentOf(old);
    const { get } = (made as unknown as Document).paths['/v1/status'] ?? {};
    expect(get?.deprecated).to.equal(true);
    expect(get?.description).to.contain('**Deprecated** since 2026-11-01T00:00:00Z');
    expect(Object.keys(get?.responses['200']?.headers ?? {})).to.include.members(['Deprecation', 'Sunset']);
    expect(pageOf(made)).to.contain('<span class="flag">deprecated</span>');
  });
});
