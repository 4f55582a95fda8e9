/** One operation for people: what it is asked, what it answers, what it refuses. */
import {
  resolved,
  type Content,
  type Document,
  type Parameter,
  type Placed,
  type Response,
} from '../document/openapi.ts';
import { html, inline, nothing, prose, type Html } from './html.ts';
import { kindOf } from './schema.ts';

export const anchorOf = (operationId: string): string => `operation-${operationId}`;

export const methodOf = (method: string): Html =>
  html`<span class="method ${method}">${method.toUpperCase()}</span>`;

export function operationArticle(document: Document, { method, path, operation }: Placed): Html {
  const {
    operationId,
    summary,
    description,
    parameters = [],
    requestBody,
    responses,
    security = [],
  } = operation;
  const schemes = security.flatMap((one) => Object.keys(one));
  return html`<article id="${anchorOf(operationId)}">
    <header>
      ${methodOf(method)}
      <h3>${summary}</h3>
      <code>${operationId}</code>
      ${operation.deprecated ? html`<span class="flag">deprecated</span>` : nothing}
    </header>
    <code class="path">${path}</code>
    ${prose(description)} ${schemes.map((scheme) => authorisation(document, scheme))}
    ${parameterList(parameters.map((one) => resolved(document, one)))}
    ${
      requestBody
        ? html`<h4>Body</h4>
            <p>${contentOf(requestBody.content)}</p>
            <p class="soft">${inline(requestBody.description ?? '')}</p>`
        : nothing
    }
    <h4>Answers</h4>
    <dl>
      ${Object.entries(responses).map(([status, response]) => answer(status, resolved(document, response)))}
    </dl>
  </article>`;
}

const authorisation = (document: Document, scheme: string): Html =>
  html`<h4>Authorisation</h4>
    ${prose(document.components.securitySchemes[scheme]?.description ?? '')}`;

function parameterList(parameters: readonly Parameter[]): Html {
  if (parameters.length === 0) return nothing;
  return html`<h4>Parameters</h4>
    <dl>
      ${parameters.map(
        ({ name, in: place, required, description, schema }) =>
          html`<dt>
              <code>${name}</code>
              <span class="soft">${place}${required ? '' : ', optional'}</span>
            </dt>
            <dd>
              <p>${kindOf(schema ?? {})}</p>
              <p class="soft">${inline(description ?? '')}</p>
            </dd>`,
      )}
    </dl>`;
}

const answer = (status: string, { description, content }: Response): Html =>
  html`<dt>${status}</dt>
    <dd>
      ${content && !('application/problem+json' in content) ? html`<p>${contentOf(content)}</p>` : nothing}
      ${prose(description ?? '')}
    </dd>`;

const contentOf = (content: Content): Html[] =>
  Object.entries(content).map(
    ([type, { schema }]) => html`<code>${type}</code>${schema ? html` ${kindOf(schema)}` : nothing}`,
  );
