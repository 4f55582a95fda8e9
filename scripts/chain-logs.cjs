// For mocha in parallel mode, which runs these hooks for each file of tests: its chains log to a folder with its name, which is encoded as in a URL.
const { mkdirSync } = require('node:fs');
const { join, relative } = require('node:path');

const { TRIBUTARY_CHAIN_LOGS: folder } = process.env;

exports.mochaHooks = {
  beforeAll() {
    const [first] = this.test.parent.suites;
    const own = join(folder, encodeURIComponent(relative('test/contracts', first.file)));
    mkdirSync(own, { recursive: true });
    process.env.TRIBUTARY_CHAIN_LOGS = own;
  },
};
