/** The API's description, as a document and as a page: made once, when it is first asked for. */
import type { Operations } from '#protocol/http/operations.ts';
import type { OpenApiDocument } from './document/document.ts';
import { pagePolicy } from './headers.ts';
import type { Handlers } from './route.ts';

type Descriptions = Pick<Operations, 'openapi' | 'docs'>;

export function descriptionHandlers(): Handlers<Descriptions> {
  let made: Promise<OpenApiDocument> | null = null;
  // The generator is loaded where it is wanted: most coordinators are never asked.
  const make = async () => (await import('./document/document.ts')).documentOf();
  const described = () => (made ??= make());
  return {
    openapi: async () => ({ ...(await described()) }),
    async docs() {
      const { pageOf, styleSha256 } = await import('./page/page.ts');
      return { text: pageOf(await described()), policy: pagePolicy(styleSha256) };
    },
  };
}
