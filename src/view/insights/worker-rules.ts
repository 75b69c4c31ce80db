import { count, many, size } from '../format/numbers.ts'
import type { Rule } from './rule.ts'

/** Memory grew if the last quarter is so many times the second, and by so many bytes. */
const GROWTH = 1.5
const GROWTH_BYTES = 64 * 2 ** 20
const FEWEST_SAMPLES = 12

/** Tells of workers that died. */
export const deaths: Rule = ({ events, lanes }) => {
  const died = lanes.reduce((sum, lane) => sum + lane.deaths, 0)
  if (died === 0) return undefined
  const reasons = [...new Set(events.filter(({ planned }) => !planned).map(({ reason }) => reason))]
  const why = reasons.length > 3 ? `${reasons.slice(0, 3).join(', ')}, …` : reasons.join(', ')
  const who = died === 1 ? 'One worker died' : `${count(died)} workers died`
  return { weight: 90, text: `${who} (${why}) and ${died === 1 ? 'was' : 'were'} replaced.`, to: 'workers' }
}

/** Tells of workers whose memory only grew. */
export const growingMemory: Rule = ({ memory, lanes, hasSlots }) => {
  const n = memory.at.length
  if (!hasSlots || n < FEWEST_SAMPLES) return undefined
  const grown = memory.lanes.flatMap((bytes, lane) => {
    const early = mean(bytes.slice(Math.floor(n / 4), Math.floor(n / 2)))
    const late = mean(bytes.slice(Math.floor((n * 3) / 4)))
    return early > 0 && late > early * GROWTH && late - early > GROWTH_BYTES ? [{ lane, early, late }] : []
  })
  const [most] = grown.toSorted((a, b) => b.late - a.late)
  if (most === undefined) return undefined
  const who = grown.length === 1 ? `worker ${(lanes[most.lane]?.slot ?? 0) + 1}` : many(grown.length, 'worker')
  const from = `from ${size(most.early)} to ${size(most.late)}${grown.length === 1 ? '' : ' in one of them'}`
  const text = `The memory of ${who} kept growing, ${from}: the function may keep what it no longer needs.`
  return { weight: 55, text, to: 'workers' }
}

/** Tells of results that came from the cache. */
export const cached: Rule = ({ states }) =>
  states.cached === 0
    ? undefined
    : { weight: 20, text: `${many(states.cached, 'result')} came from the cache.`, to: 'cache' }

/** The mean of those that are known. */
function mean(values: readonly number[]): number {
  const known = values.filter((value) => value > 0)
  return known.length === 0 ? 0 : known.reduce((sum, value) => sum + value, 0) / known.length
}
