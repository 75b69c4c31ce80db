import type { Insight } from '../view.ts'
import { burst, failures, recovered } from './failure-rules.ts'
import type { Facts, Rule } from './rule.ts'
import { dominantStep, idleWorkers, shortTasks, slowSpell, tail, unevenTimes, warmUp } from './time-rules.ts'
import { cached, deaths, growingMemory } from './worker-rules.ts'

/** All rules, by the names that insights tell. */
export const RULES: Readonly<Record<string, Rule>> = {
  failures,
  burst,
  deaths,
  tail,
  slowSpell,
  warmUp,
  idleWorkers,
  growingMemory,
  dominantStep,
  recovered,
  unevenTimes,
  shortTasks,
  cached,
}

/** Sentences that are kept. */
const MOST = 6

/** Says what stands out in a run, the most important first. */
export function insightsOf(facts: Facts): Insight[] {
  return Object.entries(RULES)
    .flatMap(([rule, say]) => {
      const said = say(facts)
      return said === undefined ? [] : [{ rule, ...said }]
    })
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, MOST)
}
