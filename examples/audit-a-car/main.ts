/**
 * Audits a job from a CAR file, with no IPFS node and no coordinator; only the chain is asked.
 * node --import tsx examples/audit-a-car/main.ts RPC_URL deployment.json JOB lineage.car [evidence.car …]
 */
import { readFileSync } from 'node:fs';
import { audit } from '#auditor/audit.ts';
import { levels } from '#auditor/check.ts';
import { readAuditFacts } from '#auditor/read-facts.ts';
import { connect } from '#contracts/connect.ts';
import { assertDeployment } from '#contracts/deployed-code.ts';
import { deploymentSchema } from '#contracts/deployment.ts';
import { openChain } from '#contracts/provider.ts';
import { carBlockStore } from '#datasets/car.ts';
import { parseJobId } from '#protocol/job-id.ts';

const [rpc, record, text, car, ...evidenceCars] = process.argv.slice(2);
if (!rpc || !record || !text || !car) {
  console.error('usage: audit-a-car/main.ts RPC_URL deployment.json JOB lineage.car [evidence.car …]');
  process.exit(2);
}

const { chainId, escrow, job } = parseJobId(text);
const deployment = deploymentSchema.parse(JSON.parse(readFileSync(record, 'utf8')));
const contracts = connect(deployment, await openChain(rpc));
await assertDeployment(contracts);
const lineage = await carBlockStore(car);
const evidence = await Promise.all(evidenceCars.map((file) => carBlockStore(file)));
const report = await audit(
  {
    domain: { chainId, escrow },
    facts: await readAuditFacts(contracts, job),
    blocks: lineage,
    evidence: evidence.map((source) => ({ root: source.root, source })),
    // Whoever gave the file says where the lineage ends; the chain decides whether that is true.
    claimedHead: lineage.root,
  },
  // Levels 4 and 5 need the evidence of every round; without it the first three can be asked.
  { levels: evidence.length > 0 ? levels : levels.slice(0, 3) },
);

for (const { level, id, place, verdict } of report.findings) {
  if (verdict.result !== 'passed') console.log(`level ${level}: ${id}, ${place}: ${JSON.stringify(verdict)}`);
}
console.log(
  JSON.stringify({ job: text, rounds: report.settled, levels: report.levels, passed: report.passed }),
);
for (const source of [lineage, ...evidence]) await source.close();
contracts.provider.destroy();
process.exitCode = report.passed ? 0 : 1;
