import { readJournal } from '../journal/lines/read-journal.ts'
import { Digest } from '../view/digest/digest.ts'

/** Digests what a job log tells of a run; of the last one in it if no name is given. Reads once, in bounded memory. */
export function digestLog(file: string, run?: string): Digest {
  let digest = new Digest()
  let current: string | undefined
  const isWanted = (name: string): boolean => {
    if (run !== undefined) return name === run
    if (current !== undefined && current !== name) digest = new Digest()
    current = name
    return true
  }
  // Lines of workers, samples and ends belong to the run of the last head.
  let isHeadWanted = run === undefined
  for (const entry of readJournal(file)) {
    switch (entry.kind) {
      case 'run':
        isHeadWanted = isWanted(entry.line.run)
        if (isHeadWanted) digest.head(entry.line)
        break
      case 'row':
        if (isWanted(entry.row.run)) digest.attempt(entry.row)
        break
      case 'batch':
        if (isWanted(entry.batch.run)) digest.successes(entry.batch)
        break
      case 'worker':
        if (isHeadWanted) digest.worker(entry.line)
        break
      case 'sample':
        if (isHeadWanted) digest.sample(entry.line)
        break
      case 'end':
        if (isHeadWanted) digest.runEnded(entry.line)
    }
  }
  return digest
}
