/** A text's words, as vocabularies hold them. protocol.md §6.5 */

/** Letters with their marks, and digits; without the marks, half of the world's scripts would fall apart. */
const word = /[\p{L}\p{M}\p{N}]+/gu;

/** NFC, in lower case by Unicode's own mapping (no locale), cut at all that is neither letter, mark nor digit. */
export const tokensOf = (text: string): string[] => text.normalize('NFC').toLowerCase().match(word) ?? [];
