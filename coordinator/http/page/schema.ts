/** Schemas for people: what a value is in a few words, and an object's fields one under the other. */
import type { Schema } from '../document/openapi.ts';
import { html, inline, nothing, type Html } from './html.ts';

export const anchorOf = (name: string): string => `schema-${name}`;
const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** What a value is, in a few words; named schemas as links. */
export function kindOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = nameOf(schema.$ref);
    return html`<a href="#${anchorOf(name)}">${name}</a>`;
  }
  if (schema.contentSchema) return html`${kindOf(schema.contentSchema)} as JSON in base64url`;
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return html`${joined(options.map(kindOf), ' or ')}`;
  const [first] = schema.allOf ?? [];
  if (first) return kindOf(first);
  if (schema.enum) return html`${joined(schema.enum.map(literal), ' or ')}`;
  if (schema.const !== undefined) return literal(schema.const);
  const types = [schema.type ?? 'anything'].flat();
  const kinds = types.map((type) =>
    type === 'array' ? html`list of ${kindOf(schema.items ?? {})}` : html`${type}`,
  );
  return html`${joined(kinds, ' or ')}<span class="soft">${boundsOf(schema)}</span>`;
}

const literal = (value: unknown): Html => html`<code>${JSON.stringify(value)}</code>`;

function joined(parts: readonly Html[], between: string): Html[] {
  return parts.flatMap((part, at) => (at === 0 ? [part] : [html`${between}`, part]));
}

function boundsOf(schema: Schema): string {
  const range = (what: string, least?: number, most?: number) => {
    // Beyond it a number is no number of JSON's.
    if (most !== undefined && most < Number.MAX_SAFE_INTEGER) return ` ${what}${least ?? 0} to ${most}`;
    return least === undefined ? '' : ` ${what}from ${least}`;
  };
  return [
    range('', schema.minimum, schema.maximum),
    range('of length ', schema.minLength, schema.maxLength),
    range('of ', schema.minItems, schema.maxItems),
    schema.default === undefined ? '' : `, ${JSON.stringify(schema.default)} by default`,
  ].join('');
}

/** What is said of a value where it stands: beside a reference, its own words. */
const saidOf = (schema: Schema): string =>
  schema.description ?? schema.allOf?.map(({ description }) => description ?? '').join('') ?? '';

/** An object's fields, with those of objects inside; nothing for what has none. */
export function fieldsOf(schema: Schema): Html {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return nothing;
  const required = new Set(schema.required);
  return html`<dl>
    ${fields.map(
      ([name, field]) =>
        html`<dt>
            <code>${name}</code>${required.has(name) ? nothing : html` <span class="soft">optional</span>`}
          </dt>
          <dd>
            <p>${kindOf(field)}</p>
            ${saidOf(field) === '' ? nothing : html`<p class="soft">${inline(saidOf(field))}</p>`}
            ${nestedIn(field)}
          </dd>`,
    )}
  </dl>`;
}

function nestedIn(field: Schema): Html {
  const inner = field.items ?? field;
  return inner.$ref === undefined && inner.properties
    ? html`<details>
        <summary>its fields</summary>
        ${fieldsOf(inner)}
      </details>`
    : nothing;
}

/** A named schema. */
export function schemaArticle(name: string, schema: Schema): Html {
  const options = schema.anyOf ?? schema.oneOf;
  return html`<article id="${anchorOf(name)}">
    <h3>${name}</h3>
    <p>${inline(schema.description ?? '')}</p>
    ${schema.properties ? fieldsOf(schema) : html`<p>${options ? html`One of ` : nothing}${kindOf(schema)}</p>`}
    ${schema.pattern === undefined ? nothing : html`<p class="soft">Pattern <code>${schema.pattern}</code></p>`}
    ${(schema.examples ?? []).map(exampleOf)}
  </article>`;
}

export const exampleOf = (value: unknown): Html =>
  html`<details>
    <summary>example</summary>
    <pre><code>${JSON.stringify(value, null, 2)}</code></pre>
  </details>`;
