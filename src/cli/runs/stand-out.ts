import { FollowedLog } from '../../report/followed-log.ts'
import { escapeText } from '../../util/text/terminal-text.ts'
import type { Insight } from '../../view/view.ts'
import type { Screen } from '../report/screen.ts'
import type { RunRecord } from './run-record.ts'
import { outsideOf } from './watched-run.ts'

/** Sentences that are said, at most. */
const MOST = 2
/** Shorter runs, in milliseconds, are mostly their start. */
const LONG_ENOUGH_MS = 1_000
/** The share of the run's time that reading its log may take, and milliseconds that it may take in any case. */
const READ_SHARE = 0.02
const READ_MS = 250
/** Rules that say what the summary of a run has said. */
const SAID: ReadonlySet<string> = new Set(['failures', 'cached'])

/** Says what stands out in a run that has ended, and how to see more of it. Says nothing if nothing stands out. */
export function sayWhatStandsOut(record: RunRecord, hasReport: boolean, screen: Screen): void {
  const insights = insightsOf(record)
  for (const { text } of insights) screen.say(`  ${screen.paint('cyan', '·')} ${escapeText(text)}`)
  if (insights.length > 0 && !hasReport) screen.say(`  see it: manyhands report ${record.run}`)
}

function insightsOf(record: RunRecord): Insight[] {
  const { log, run, started, ended } = record
  const took = (ended ?? started) - started
  if (log === null || took < LONG_ENOUGH_MS) return []
  try {
    const followed = new FollowedLog(log, run)
    // The log may hold many other runs.
    if (followed.read(Math.max(READ_MS, took * READ_SHARE))) return []
    const { insights } = followed.digest.view(outsideOf(record))
    return insights.filter(({ rule }) => !SAID.has(rule)).slice(0, MOST)
  } catch {
    // A log that cannot be read any more: the run has ended all the same.
    return []
  }
}
