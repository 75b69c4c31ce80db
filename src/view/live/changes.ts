/** A value of JSON. Members that are undefined count as absent. */
export type Json = string | number | boolean | null | undefined | readonly Json[] | { readonly [name: string]: Json }

/**
 * The changes that make one value of another: `[value]` to put in its place, `[]` to take it away, or the changes of its members. Those
 * of an array have their positions as names, and its new length as `length`.
 */
export type Change = readonly [] | readonly [Json] | { readonly [name: string]: Change }

/** Returns what has changed from one value to the next; undefined if nothing has. */
export function changesBetween(before: Json, after: Json): Change | undefined {
  if (before === after) return undefined
  if (after === undefined) return []
  if (!isParted(before) || !isParted(after) || Array.isArray(before) !== Array.isArray(after)) {
    // NaN becomes null on the way.
    return Number.isNaN(before) && Number.isNaN(after) ? undefined : [after]
  }
  const changes: Record<string, Change> = {}
  let hasChanged = false
  const compare = (name: string): void => {
    const change = changesBetween(before[name], after[name])
    if (change === undefined) return
    changes[name] = change
    hasChanged = true
  }
  for (const name of Object.keys(after)) compare(name)
  if (Array.isArray(after) && Array.isArray(before)) {
    if (after.length !== before.length) compare('length')
  } else for (const name of Object.keys(before)) if (!(name in after)) compare(name)
  return hasChanged ? changes : undefined
}

/** Returns a value with changes made to it. Parts that have not changed are the same objects as before. */
export function changed(before: Json, change: Change): Json {
  if (isWhole(change)) return change[0]
  const after = Array.isArray(before) ? [...(before as Json[])] : { ...(before as object) }
  const members = after as Record<string, Json>
  for (const [name, one] of Object.entries(change)) {
    if (isWhole(one) && one.length === 0) delete members[name]
    else members[name] = changed(members[name], one)
  }
  return after
}

type Parted = { readonly [name: string]: Json }

/** True for arrays and objects, whose members can be compared. */
function isParted(value: Json): value is Parted {
  return typeof value === 'object' && value !== null
}

function isWhole(change: Change): change is readonly [] | readonly [Json] {
  return Array.isArray(change)
}
