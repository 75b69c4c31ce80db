import { count } from '../view/format/numbers.ts'
import type { View } from '../view/view.ts'

/** The outcome of a run, in a few words. */
export interface Verdict {
  readonly text: string
  readonly mood: 'good' | 'bad' | ''
}

const ENDED_BY: Readonly<Record<string, string>> = { halt: 'halted', deadline: 'out of time', quit: 'quit' }

/** Returns what became of a run. */
export function verdictOf({ run, states, attempts }: View): Verdict {
  const failed = states.failed + states.timeout + states.crashed
  const done = states.ok + states.cached + states.skipped + failed
  const some = failed > 0 ? `, ${count(failed)} failed` : ''
  if (run.state === 'running') return { text: `running${some}`, mood: failed > 0 ? 'bad' : '' }
  if (run.state === 'killed') return { text: `was killed${some}`, mood: 'bad' }
  if (run.endedBy !== undefined)
    return { text: `ended early: ${ENDED_BY[run.endedBy] ?? run.endedBy}${some}`, mood: 'bad' }
  if (failed > 0) return { text: `${count(failed)} failed`, mood: 'bad' }
  if (states.aborted > 0 || done + run.skipped < (run.total ?? 0)) return { text: 'ended early', mood: 'bad' }
  if (attempts + done === 0) return { text: 'nothing to do', mood: '' }
  return { text: 'all succeeded', mood: 'good' }
}
