/** Which operation a request came to be, for whoever looks at its answer from outside of the routes. */
import type { ServerResponse } from 'node:http';

const operations = new WeakMap<ServerResponse, string>();

export const noteOperation = (response: ServerResponse, id: string): void =>
  void operations.set(response, id);

/** The operation's id; `none` where there is no such route. */
export const operationOf = (response: ServerResponse): string => operations.get(response) ?? 'none';
