/** HTML from text: everything that is put in is escaped, but what was made here. */

/** Text that is HTML already. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (one) => escapes[one] ?? one);

/** A template: what is put in is text, unless it is HTML or a list of it. */
export function html(
  texts: TemplateStringsArray,
  ...parts: readonly (string | number | Html | readonly Html[])[]
): Html {
  const filled = parts.map((part) => {
    if (part instanceof Html) return part.text;
    if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
    return part.map(({ text }) => text).join('');
  });
  return new Html(texts.map((text, at) => text + (filled[at] ?? '')).join(''));
}

export const nothing = html``;

/** The little of Markdown that the document uses: paragraphs, `code` and **strong**. */
export function prose(markdown: string): Html[] {
  return markdown.split('\n\n').map((paragraph) => html`<p>${inline(paragraph)}</p>`);
}

export function inline(markdown: string): Html[] {
  const parts = markdown.split(/(`[^`]+`|\*\*[^*]+\*\*)/);
  return parts.map((part) => {
    if (part.startsWith('`') && part.length > 1) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith('**')) return html`<strong>${part.slice(2, -2)}</strong>`;
    return html`${part}`;
  });
}
