/** `tributary buyer watch JOB`: check, evaluate and approve every round until the job is over. protocol.md §4.7 */
import { loadHeldOut } from '#buyer/held-out.ts';
import { readJobState } from '#buyer/job-state.ts';
import { domainOf } from '#buyer/setting.ts';
import type { WatchEvent } from '#buyer/watch-events.ts';
import { watchJob as watch } from '#buyer/watch.ts';
import { postingText } from '#contracts/postings/events.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { challengeRules, type ChallengeOptions } from '../challenge-options.ts';
import { buyerSetting } from '../buyer-home.ts';
import { jobNumber } from '../job-option.ts';
import { untilStopped } from '../lifetime.ts';
import { progress, result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { scoreFields, scoresText } from './buyer-scores.ts';

const local = { firstMillis: 250, longestMillis: 4_000, pollMillis: 500 };
const elsewhere = { firstMillis: 1_000, longestMillis: 60_000, pollMillis: 15_000 };

export async function watchJob(
  options: CommonOptions & ChallengeOptions & Readonly<{ heldOut: string }>,
  text: string,
): Promise<void> {
  const settings = readSettings(options);
  const stop = untilStopped();
  const setting = await buyerSetting(settings);
  const { deployment } = setting.contracts;
  const job = jobNumber(text, deployment);
  const { job: terms } = await readJobState(setting.contracts, setting.store, domainOf(setting), job);
  const heldOut = await loadHeldOut(options.heldOut, terms.recipe);
  const evaluating = { backend: await loadBackend(), heldOut };
  const pace = deployment.chainId === LOCAL_CHAIN ? local : elsewhere;
  let since = Date.now();
  try {
    const patience = { ...pace, signal: stop };
    for await (const event of watch(setting, {
      job,
      evaluating,
      patience,
      challenges: challengeRules(options),
    })) {
      const seconds = Math.round((Date.now() - since) / 1000);
      if (event.kind === 'round') since = Date.now();
      tell(settings.json, event, seconds);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    heldOut.close();
    setting.contracts.provider.destroy();
  }
}

function tell(json: boolean, event: WatchEvent, seconds: number): void {
  switch (event.kind) {
    case 'round': {
      const { evaluation, cohort, ...rest } = event.report;
      result(
        json,
        { event: 'round', ...rest, members: cohort, ...scoreFields(evaluation), seconds },
        `round ${rest.round}: cohort ${cohort}, lost ${rest.lost}, ${scoresText(evaluation)}`,
      );
      return;
    }
    case 'finished':
      result(
        json,
        { event: 'finished', ...event },
        `the job is over: ${event.settled} of ${event.rounds} rounds settled`,
      );
      return;
    case 'phase':
      return progress(`round ${event.id.round}, attempt ${event.id.attempt}: ${event.phase}`);
    case 'approved':
      return progress(`round ${event.id.round}: recomputed from its evidence and approved`);
    case 'refused':
      return progress(`round ${event.id.round} REFUSED: ${event.flaw.detail} (${event.flaw.code})`);
    case 'posting': {
      const { kind, ...fields } = event.posting;
      if (json) return result(json, { event: kind, ...fields }, '');
      return progress(postingText(event.posting));
    }
    case 'waiting':
      return progress(`waiting: ${event.message} (${event.code})`);
    default:
      event satisfies never;
  }
}
