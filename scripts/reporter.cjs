// Mocha's spec report, closed by one plain line that any harness can read.
const { reporters, Runner } = require('mocha');

module.exports = class PlainSummary extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : '';
      // After Spec's own epilogue, which hangs on the same event.
      setImmediate(() => process.stdout.write(`\n${passes} passed, ${failures} failed${skipped}\n`));
    });
  }
};
