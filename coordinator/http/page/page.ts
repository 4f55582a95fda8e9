/** The API's description as one HTML page: no script, nothing from elsewhere, for phones and desktops, light and dark. */
import { createHash } from 'node:crypto';
import type { OpenApiDocument } from '../document/document.ts';
import { operationsIn, type Document, type Placed } from '../document/openapi.ts';
import { html, Html, prose } from './html.ts';
import { anchorOf, methodOf, operationArticle } from './operation.ts';
import { schemaArticle } from './schema.ts';
import { style } from './style.ts';

/** Of the style, by which the page's policy knows it (CSP). */
export const styleSha256 = createHash('sha256').update(style).digest('base64');

/** Apart from the templates: a formatter that moves a space there would change the digest. */
const styleElement = new Html(`<style>${style}</style>`);

export function pageOf(made: OpenApiDocument): string {
  // The generator's types are those of three versions of OpenAPI at once; it is 3.1 that it makes.
  const document = made as unknown as Document;
  const { info, tags, components } = document;
  const placed = operationsIn(document);
  const ofTag = (tag: string) => placed.filter(({ operation }) => operation.tags.includes(tag));
  const schemas = Object.entries(components.schemas);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}: HTTP API ${info.version}</title>
        ${styleElement}
      </head>
      <body>
        <a class="skip" href="#main">To the operations</a>
        <header>
          <h1>${info.title}</h1>
          <p class="soft">HTTP API ${info.version} · <a href="openapi.json">openapi.json</a></p>
          ${prose(info.description)}
        </header>
        <nav aria-label="Operations">
          ${tags.map(
            ({ name }) =>
              html`<h2>${name}</h2>
                <ul>
                  ${ofTag(name).map(linkTo)}
                </ul>`,
          )}
          <h2>schemas</h2>
          <ul>
            <li><a href="#schemas">All ${schemas.length}</a></li>
          </ul>
        </nav>
        <main id="main">
          ${tags.map(
            ({ name, description }) =>
              html`<h2>${name}</h2>
                <p>${description}</p>
                ${ofTag(name).map((one) => operationArticle(document, one))}`,
          )}
          <h2 id="schemas">Schemas</h2>
          ${schemas.map(([name, schema]) => schemaArticle(name, schema))}
        </main>
      </body>
    </html>`;
  return page.text;
}

const linkTo = ({ method, operation }: Placed): Html =>
  html`<li><a href="#${anchorOf(operation.operationId)}">${methodOf(method)} ${operation.summary}</a></li>`;
