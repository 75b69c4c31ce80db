/**
 * Returns the name that was probably meant, or undefined if none is near.
 *
 * By Damerau's distance with adjacent swaps (optimal string alignment), at most a third of the name's length; else the
 * shortest that begins with the same letters but the last ones (`retry` is `retries`).
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance >= least) continue
    least = distance
    nearest = candidate
  }
  return nearest ?? nearestByBeginning(name.toLowerCase(), candidates)
}

/** A question to append to a message, such as ` Did you mean "retries"?`; empty if no name is near. */
export function didYouMean(nearest: string | undefined): string {
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`
}

/** Names share a beginning if this many letters are the same. */
const BEGINNING = 4

function nearestByBeginning(name: string, candidates: Iterable<string>): string | undefined {
  const beginning = name.slice(0, Math.max(BEGINNING, name.length - 1))
  if (beginning.length < BEGINNING) return undefined
  const sharing = [...candidates].filter((candidate) => candidate.toLowerCase().startsWith(beginning))
  return sharing.sort((a, b) => a.length - b.length)[0]
}

function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(
        (previous[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (previous[j - 1] as number) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1)
      row.push(least)
    }
    before = previous
    previous = row
  }
  return previous[b.length] as number
}
