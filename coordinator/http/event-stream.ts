/** Events as text: Server-Sent Events. https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.5 */
import type { JobEvent } from '#protocol/job-events.ts';

/** After which a reader that was cut off comes again, if nothing else is said. */
const RETRY_MILLIS = 2_000;

/** Each is JSON in one line, with its id; no name, so that one listener hears all. */
export const eventText = (event: JobEvent): string => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`;

/** @param pages an empty one becomes a comment, which keeps proxies and readers patient */
export async function* eventTexts(
  pages: AsyncIterable<readonly JobEvent[]>,
): AsyncGenerator<string, void, undefined> {
  yield `retry: ${RETRY_MILLIS}\n\n`;
  for await (const page of pages) yield page.length === 0 ? ':\n\n' : page.map(eventText).join('');
}
