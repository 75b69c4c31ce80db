// A reporter for node:test: one JSON object for a file, `{ passed, skipped, failures: [{ name, reason }] }`. The name of a
// test is the path to it: the titles of all that it stands in.
import { inspect } from 'node:util'

// oxlint-disable-next-line import/no-default-export -- the test runner wants it so
export default async function* report(events) {
  let passed = 0
  let skipped = 0
  const failures = []
  const path = []
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      path.length = data.nesting
      path.push(data.name)
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const { name, nesting, details, skip, todo } = data
    const isSuite = details.type === 'suite'
    if (type === 'test:pass') {
      if (isSuite) continue
      if (skip === undefined && todo === undefined) passed++
      else skipped++
      continue
    }
    if (isSuite && details.error?.failureType === 'subtestsFailed') continue
    const titles = [...path.slice(0, nesting), name]
    failures.push({ name: titles.join(' › '), reason: inspect(details.error?.cause ?? details.error) })
  }
  yield JSON.stringify({ passed, skipped, failures })
}
