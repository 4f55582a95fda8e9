/** Error codes of blocks, blobs, CAR files and IPFS. protocol.md §6.1 */
import type { ErrorEntries } from './entry.ts';

export const blockErrors: ErrorEntries = {
  'blob/chunk-size': {
    means: "A chunk has another size than its blob's manifest says.",
    do: 'Have the blob stored again with Tributary.',
  },
  'blob/chunks': {
    means: 'A blob has not the chunks that its size needs.',
    do: 'Have the blob stored again with Tributary.',
  },
  'blob/not-a-blob': { means: 'The link leads to something that is no blob.', do: 'Check the link.' },
  'blob/too-big': {
    means: 'A blob is larger than its place allows.',
    do: 'Do not use it: what links it is wrong.',
  },
  'car/block-mismatch': {
    means: 'A CAR has another block than the one expected, or other bytes than its CID says.',
    do: 'Get the file again.',
  },
  'car/cut-off': { means: 'A CAR ended before its last block.', do: 'Get it again.' },
  'car/malformed': { means: 'The file is not a whole CAR of version 1.', do: 'Export it again.' },
  'car/not-found': {
    means: 'The CAR file lacks a block.',
    do: 'Export it again, with all that hangs on its root.',
  },
  'car/root': {
    means: 'The CAR file has not exactly one root that is a link of Tributary and among its blocks.',
    do: 'Export it again.',
  },
  'car/unreadable': { means: 'The CAR file can not be opened.', do: 'Check its path and permissions.' },
  'car/unwritable': {
    means: 'The CAR file can not be written.',
    do: 'Check the folder, its permissions and the space left.',
  },
  'dag/digest': { means: "A block's digest has not 32 bytes.", do: 'Pass the SHA-256 of the block.' },
  'dag/float': {
    means: 'A block would hold a floating-point number.',
    do: 'Write an integer in a stated unit, or decimal text.',
  },
  'dag/link': {
    means: 'A link is not CIDv1 of raw or dag-cbor with sha2-256.',
    do: 'Store the block again with such a link.',
  },
  'dag/malformed': {
    means: 'A block is not whole DAG-CBOR.',
    do: 'Get the block again, or have its author store it again.',
  },
  'dag/not-canonical': {
    means: 'A block is not encoded in the one canonical way.',
    do: 'Encode it again with Tributary.',
  },
  'dag/too-big': { means: 'A block is larger than a block may be.', do: 'Split it, or store it as a blob.' },
  'dag/too-deep': { means: 'A block nests more lists and maps than allowed.', do: 'Flatten it.' },
  'dag/too-many-blocks': {
    means: 'More blocks hang on a root than the limit.',
    do: 'Raise the limit if you trust its author.',
  },
  'dag/unsupported': {
    means: 'A block would hold a value that DAG-CBOR here does not know.',
    do: 'Use text, bytes, integers, booleans, null, links, lists and maps.',
  },
  'ipfs/bad-address': {
    means:
      'A multiaddress of --listen or --peer can not be used, or --allow-any-peer stands without --listen.',
    do: 'Listen on /ip4/127.0.0.1/tcp/4001, and name a peer as its node prints itself, /ip4/…/tcp/…/p2p/12D3Koo….',
  },
  'ipfs/bad-peer-key': {
    means: "The IPFS node's key is damaged, or others than its user may read it.",
    do: 'Restore it, chmod 600 it, or move it away: the node then takes a new peer id.',
  },
  'ipfs/bad-url': {
    means: "The text is not the URL of an IPFS node's RPC.",
    do: 'Write it as http://127.0.0.1:5001.',
  },
  'ipfs/block-mismatch': {
    means: 'The IPFS node gave or keeps a block under the wrong CID.',
    do: 'Use another node, or import the block again from a CAR.',
  },
  'ipfs/block-too-big': { means: 'A block is larger than an IPFS node takes.', do: 'Store it as a blob.' },
  'ipfs/can-not-listen': {
    means: 'The IPFS node can not listen for peers on an address.',
    do: 'Choose an address of this machine and a free port, or port 0 for any.',
  },
  'ipfs/locked': {
    means: 'Another process uses the folder of the IPFS node.',
    do: 'Connect to that node, stop it, or choose another folder.',
  },
  'ipfs/no-space': { means: 'The IPFS node has no space left.', do: 'Free some, then try again.' },
  'ipfs/not-found': {
    means: 'The IPFS node has not got a block.',
    do: 'Import it from a CAR, or use the node that stored it.',
  },
  'ipfs/port-in-use': {
    means: 'The IPFS node can not listen on its port.',
    do: 'Choose another port, or 0 for a free one.',
  },
  'ipfs/refused': {
    means: 'The IPFS node answered with a refusal.',
    do: 'Read its reason in the message, and check the node.',
  },
  'ipfs/unreachable': {
    means: 'No IPFS node answered.',
    do: 'Start it with "tributary ipfs start", or correct its URL.',
  },
};
