import type { Look, Subject } from '../../dashboard/subject.ts'
import { cutText } from '../../view/format/visible-text.ts'
import { liveView } from '../../view/live/live-view.ts'
import type { LiveView, RunRow } from '../../view/live/messages.ts'
import type { View } from '../../view/view.ts'
import { allRecords, isRun, type RunRecord } from '../runs/run-record.ts'
import { isUnderWay } from '../runs/under-way.ts'
import { lastSums, type Sums } from './last-sums.ts'
import { RunFollower } from './run-follower.ts'

/** Runs that are listed, the newest; of those, running ones that are followed. */
const LISTED = 100
const FOLLOWED = 4
const LONGEST_NAME = 120

/** The run of a name, live. Undefined if this folder has none. */
export function runSubject(run: string): Subject | undefined {
  if (!isRun(run)) return undefined
  let follower: RunFollower | undefined
  let told: LiveView | undefined
  let toldAt: number | undefined
  return {
    look: async () => {
      follower ??= new RunFollower(run)
      const view = await follower.look()
      const live = follower.watch()
      if (view !== undefined) told = liveView(view)
      if (told === undefined || (view === undefined && live?.at === toldAt)) return undefined
      toldAt = live?.at
      return { state: { of: 'run', view: told, live }, ...(view && { attempts: view }) }
    },
  }
}

/** The runs of this folder, live. */
export class RunsSubject implements Subject {
  readonly #sums = new Map<string, Sums | undefined>()
  #followers = new Map<string, RunFollower>()

  async look(): Promise<Look> {
    const rows: RunRow[] = []
    const followers = new Map<string, RunFollower>()
    for (const record of allRecords().slice(0, LISTED)) {
      const isRunning = isUnderWay(record)
      const isFollowed = isRunning && followers.size < FOLLOWED
      const follower = isFollowed ? (this.#followers.get(record.run) ?? followerOf(record.run)) : undefined
      if (follower !== undefined) followers.set(record.run, follower)
      const view = await viewOf(follower)
      rows.push({ ...factsOf(record, isRunning), ...(view === undefined ? this.#sumsOf(record) : amountsOf(view)) })
    }
    this.#followers = followers
    return { state: { of: 'runs', folder: process.cwd(), runs: rows } }
  }

  /** The sums of a run that has ended, which never change. */
  #sumsOf({ run, log, ended }: RunRecord): Sums | undefined {
    if (log === null || ended === null) return undefined
    if (!this.#sums.has(run)) this.#sums.set(run, lastSums(log))
    return this.#sums.get(run)
  }
}

/** Follows a run; undefined if it keeps no log, or none yet. */
function followerOf(run: string): RunFollower | undefined {
  try {
    return new RunFollower(run)
  } catch {
    return undefined
  }
}

/** The view of a run as it is now; undefined if its log cannot be read. The page of the run says why. */
async function viewOf(follower: RunFollower | undefined): Promise<View | undefined> {
  try {
    await follower?.look()
    return follower?.view
  } catch {
    return undefined
  }
}

function factsOf(record: RunRecord, isRunning: boolean): RunRow {
  const { run, name, exitCode, started, ended, total, host } = record
  const state = isRunning ? 'running' : ended === null ? 'killed' : 'ended'
  return { run, name: cutText(name, LONGEST_NAME), state, exitCode, started, ended, total, host }
}

function amountsOf({
  states,
  run,
  bins,
  end,
}: View): Pick<RunRow, 'ok' | 'failed' | 'rate'> & { total: number | null } {
  return {
    ok: states.ok + states.cached + states.skipped,
    failed: states.failed + states.timeout + states.crashed,
    total: run.total ?? null,
    rate: lateRate(bins, end),
  }
}

/** Tasks that ended per second in the last ten seconds, or the last three bins if those are longer. */
function lateRate({ ms, ok, bad }: View['bins'], end: number): number {
  const bins = Math.max(3, Math.ceil(10_000 / ms))
  const from = Math.max(0, ok.length - bins)
  let done = 0
  for (let bin = from; bin < ok.length; bin++) done += (ok[bin] ?? 0) + (bad[bin] ?? 0)
  return (done / Math.max(1, end - from * ms)) * 1_000
}
