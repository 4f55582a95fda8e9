// The house of docs/architecture.md: who may import whom. test/house.test.ts holds the two against each other.
const rooms = {
  crypto: [],
  protocol: ['crypto'],
  contracts: ['protocol', 'crypto'],
  datasets: ['contracts', 'protocol', 'crypto'],
  model: ['datasets', 'protocol', 'crypto'],
  coordinator: ['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  client: ['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  buyer: ['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  auditor: ['crypto', 'protocol', 'contracts', 'datasets', 'model'],
  cli: ['crypto', 'protocol', 'contracts', 'datasets', 'model', 'coordinator', 'client', 'buyer', 'auditor'],
};
const around = ['test', 'examples', 'bench', 'scripts'];
const folder = (names) => `^(${names.join('|')})/`;

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      // The native backends are optional peers, and are looked for at run time.
      to: { couldNotResolve: true, pathNot: '@tensorflow/tfjs-node' },
    },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `${room}-imports`,
      comment: `${room}/ may import ${allowed.join(', ') || 'nothing of ours'}`,
      severity: 'error',
      from: { path: folder([room]) },
      to: { path: folder([...Object.keys(rooms), ...around]), pathNot: folder([room, ...allowed]) },
    })),
    {
      name: 'one-file-imports-tensorflow',
      severity: 'error',
      from: { pathNot: '^model/tensorflow\\.ts$' },
      to: { path: 'node_modules/@tensorflow/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'one-file-imports-ipfs-http-client',
      severity: 'error',
      from: { pathNot: '^datasets/ipfs\\.ts$' },
      to: { path: 'node_modules/ipfs-http-client/' },
    },
    {
      name: 'one-room-imports-helia',
      severity: 'error',
      from: { pathNot: '^(cli|test)/ipfs/' },
      to: { path: 'node_modules/(helia|@helia|libp2p|@libp2p|@multiformats|blockstore-fs)/' },
    },
    {
      name: 'one-room-imports-s3',
      comment: 'it is loaded only where a bucket is named',
      severity: 'error',
      from: { pathNot: '^coordinator/blobs/s3/' },
      to: { path: 'node_modules/@aws-sdk/' },
    },
    {
      name: 's3-is-imported-when-it-is-asked-for',
      severity: 'error',
      from: { path: '^(coordinator|cli)/', pathNot: '^coordinator/blobs/s3/' },
      to: { path: '^coordinator/blobs/s3/', dependencyTypesNot: ['dynamic-import', 'type-only'] },
    },
    {
      name: 'crypto-is-pure',
      comment: 'node: only behind the platform interface, no schema library, no logger',
      severity: 'error',
      from: { path: '^crypto/', pathNot: '^crypto/platform/node\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'protocol-runs-anywhere',
      severity: 'error',
      from: { path: '^protocol/' },
      to: { dependencyTypes: ['core'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(contracts/artifacts|coverage)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
