import { availableWorkers } from '../../options/workers.ts'
import { usageError } from '../command-error.ts'

const EXPECTED = '8, 50%, all, -2 or all-1 (all but one)'

/** The number of workers that `--jobs` asks for. */
export function parseJobs(text: string): number {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (share !== null && Number(share[1]) > 0)
    return Math.max(1, Math.floor((availableWorkers() * Number(share[1])) / 100))
  const allBut = /^all(?:-(\d+))?$/.exec(text)
  if (allBut !== null) return availableWorkers(-1 - Number(allBut[1] ?? 0))
  const number = /^-?\d+$/.test(text) ? Number(text) : 0
  if (number === 0 || !Number.isSafeInteger(number)) throw usageError(`--jobs: expected ${EXPECTED}, got "${text}"`)
  return availableWorkers(number)
}
