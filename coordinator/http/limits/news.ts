/**
 * Messages that brought something new. Signed messages are public, so whoever sends one again proves nothing; only a message that
 * fills a slot is surely its sender's own, and of those the protocol itself allows each member one a slot. docs/decisions/0029
 */
import type { ServerResponse } from 'node:http';

const news = new WeakSet<ServerResponse>();

export const noteNews = (response: ServerResponse): void => void news.add(response);
export const broughtNews = (response: ServerResponse): boolean => news.has(response);
