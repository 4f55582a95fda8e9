/**
 * The fixed parts of a Croissant 1.1 description. protocol.md §6.1
 * Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, appendix 1
 */
export const croissantProfile = 'http://mlcommons.org/croissant/1.1';

/** The context that the specification recommends, less the terms for files that are not shared, and with ours. */
export const context = {
  '@language': 'en',
  '@vocab': 'http://schema.org/',
  sc: 'http://schema.org/',
  cr: 'http://mlcommons.org/croissant/',
  dct: 'http://purl.org/dc/terms/',
  odrl: 'http://www.w3.org/ns/odrl/2/',
  tributary: 'urn:tributary:v1:',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  recordSet: 'cr:recordSet',
  source: 'cr:source',
} as const;

/** The one file, which stays with its owner: it has an identifier, and neither an address nor a hash. */
export const fileId = 'rows.csv';
export const recordSetId = 'rows';
export const creatorId = 'creator';
