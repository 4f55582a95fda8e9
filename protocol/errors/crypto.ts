/** Error codes of the cryptography: keys, secrets, shares, parameters and masked vectors. protocol.md §2, §3 */
import type { ErrorEntries } from './entry.ts';

export const cryptoErrors: ErrorEntries = {
  'binding/digest': {
    means: 'A digest that keys are bound to has not 32 bytes.',
    do: 'Pass the roster root, parameters and model digest as 32 bytes each.',
  },
  'bytes/hex': {
    means: 'The text is not 0x and an even number of hexadecimal digits.',
    do: 'Correct the text.',
  },
  'bytes/out-of-range': {
    means: 'A number does not fit the field it is encoded in.',
    do: 'Pass a non-negative integer that fits.',
  },
  'cipher/forged': {
    means: 'A ciphertext was not made with this key for this place, or was changed.',
    do: 'Discard it.',
  },
  'context/counter': {
    means: 'A round or an attempt below 1 was named.',
    do: 'Count rounds and attempts from 1.',
  },
  'context/escrow': {
    means: 'An escrow address has not 20 bytes.',
    do: "Pass the escrow's address from the deployment record.",
  },
  'graph/degree': {
    means: 'The degree of a sparse graph is not even and at least 2.',
    do: 'Take degree and threshold from what the roster must bear.',
  },
  'graph/threshold': {
    means: 'The threshold of a graph is not between 1 and the number of holders.',
    do: 'Take degree and threshold from what the roster must bear.',
  },
  'key/length': { means: 'A public key has not 32 bytes.', do: 'Enrol with an X25519 public key.' },
  'key/low-order': {
    means: 'No secret can be shared with a public key, for it is of small order.',
    do: "Refuse the key's owner.",
  },
  'key/not-canonical': {
    means: 'A public key is a second spelling of another key.',
    do: 'Make a new key and enrol with that.',
  },
  'members/duplicate': { means: 'A set of members names one of them twice.', do: 'Name each member once.' },
  'merkle/index': {
    means: 'A path was asked for a leaf that the tree has not.',
    do: 'Ask for a leaf from 0 to one below their number.',
  },
  'parameters/adversity': {
    means: 'A part of a roster that is assumed corrupt or lost is out of range.',
    do: "Choose corruption and dropout in the range that the message gives, in the job's aggregation.",
  },
  'parameters/bits': {
    means: 'The quantisation bits are not an integer from 8 to 20.',
    do: "Choose bits in that range in the job's aggregation.",
  },
  'parameters/chunk-words': {
    means: 'The chunk size is not a power of two from 8 to 65,536 words.',
    do: "Choose such a chunkWords in the job's aggregation.",
  },
  'parameters/clip': {
    means: 'The clipping bound is not a number from 2^-100 to 2^100.',
    do: "Choose a clip in that range in the job's aggregation.",
  },
  'parameters/cohort': {
    means: 'A roster has fewer than 3 members, or more than its graph can take: 100 for the complete one.',
    do: 'Run the round with 3 to 100 members, or with a sparse graph.',
  },
  'parameters/dimension': {
    means: 'The number of weights is not an integer from 1 to 2^30.',
    do: 'Choose a model of a size in that range.',
  },
  'parameters/max-weight': {
    means: 'The largest weight is not a power of two up to 2^32.',
    do: "Choose such a maxWeight in the job's aggregation.",
  },
  'parameters/no-safe-graph': {
    means: 'No sparse graph on so many members bears what is assumed corrupt and lost.',
    do: 'Assume less corruption or dropout, or take a roster of up to 100 and the complete graph.',
  },
  'parameters/range': {
    means: 'The quantisation range is not a number from 2^-100 to 2^100.',
    do: "Choose a range in those bounds in the job's aggregation.",
  },
  'parameters/ring-too-wide': {
    means: 'A sum over the roster would not fit a word of 32 bits.',
    do: 'Use fewer bits or a smaller cohort.',
  },
  'parameters/weight': {
    means: "A weight is not a power of two up to the job's largest, or weights add up to nothing.",
    do: "Take weights from the datasets' descriptors.",
  },
  'recovery/both': {
    means: 'Both secrets of one member are here, which would open its lone input.',
    do: 'Report it: a dropout opens the mask key, a survivor the seed, never both.',
  },
  'recovery/mask-key': {
    means: "The shares of a member's mask key restore another key.",
    do: 'Nothing: that member shared falsely, and the round gives no model.',
  },
  'recovery/missing': {
    means: 'A secret that the sum needs was not restored.',
    do: 'Restore one secret for each sharer first.',
  },
  'recovery/seed': {
    means: "The shares of a member's self seed restore another seed.",
    do: 'Nothing: that member shared falsely, and the round gives no model.',
  },
  'secret/erased': {
    means: 'A secret was asked for after it was erased.',
    do: 'Nothing: its round is over, and it can not come back.',
  },
  'secret/length': { means: 'A secret has not 32 bytes.', do: 'Pass 32 bytes.' },
  'shamir/duplicate-share': {
    means: 'Two shares are of the same holder.',
    do: 'Keep one share of each holder.',
  },
  'shamir/not-a-secret': {
    means: 'The shares restore no 32-byte secret.',
    do: 'Check them against their commitments: one of them is wrong.',
  },
  'shamir/share-out-of-range': {
    means: 'A share is not 33 bytes of a number below the prime, or its holder is not numbered from 1.',
    do: 'Discard it.',
  },
  'shamir/threshold': {
    means: 'A threshold is not between 1 and the number of holders.',
    do: 'Use the threshold that the roster gives.',
  },
  'shamir/too-few-shares': {
    means: 'There are fewer shares than the threshold.',
    do: 'Wait for more members to return.',
  },
  'share/malformed': {
    means: 'A decrypted share is not two field elements and a path.',
    do: 'Nothing: this client withholds it, and the round goes on with the others.',
  },
  'share/not-delivered': {
    means: "The coordinator did not deliver a dealer's share.",
    do: "Nothing: this client opens no share of that dealer; if it lasts, ask the coordinator's operator.",
  },
  'share/off-root': {
    means: 'A share is not the one that its dealer committed to.',
    do: 'Nothing: this client withholds it, and the round goes on with the others.',
  },
  'share/undecryptable': {
    means: 'A share was not encrypted for this holder by this dealer in this attempt.',
    do: 'Nothing: this client withholds it, and the round goes on with the others.',
  },
  'vector/coordinate': {
    means: 'A coordinate was asked for that the vector has not.',
    do: 'Ask for coordinates below the dimension.',
  },
  'vector/length': {
    means: "A vector has not the length that the job's dimension and the word size give.",
    do: 'Pack the vector again, for this job and this roster.',
  },
  'vector/not-finite': {
    means: 'An update holds NaN or an infinity: training diverged.',
    do: 'Lower the learning rate of the recipe.',
  },
  'vector/padding': {
    means: 'Unused bits of the last byte of a packed vector are set.',
    do: 'Pack the vector again.',
  },
  'vector/sum-out-of-range': {
    means: 'A sum is more than that many inputs can make.',
    do: 'Nothing: an input was off the grid or a mask was left in, and the round gives no model.',
  },
  'vector/word': {
    means: 'A word needs more bits than the word size.',
    do: 'Reduce words modulo the ring before packing.',
  },
};
