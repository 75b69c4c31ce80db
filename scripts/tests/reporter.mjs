// A reporter for node:test: a line of JSON for each outcome as it comes, so that a file which hangs has told what it had
// done: `{ passed: name }`, `{ skipped: name }` or `{ failed: name, reason }`, and `{ end: true }` behind the last. The name
// of a test is the path to it: the titles of all that it stands in.
import { inspect } from 'node:util'

// oxlint-disable-next-line import/no-default-export -- the test runner wants it so
export default async function* report(events) {
  const path = []
  for await (const { type, data } of events) {
    if (type === 'test:start') {
      path.length = data.nesting
      path.push(data.name)
    }
    if (type !== 'test:pass' && type !== 'test:fail') continue
    const { nesting, details, skip, todo } = data
    const isSuite = details.type === 'suite'
    const name = [...path.slice(0, nesting), data.name].join(' › ')
    if (type === 'test:pass') {
      if (!isSuite) yield line(skip === undefined && todo === undefined ? { passed: name } : { skipped: name })
    } else if (!isSuite || details.error?.failureType !== 'subtestsFailed')
      yield line({ failed: name, reason: inspect(details.error?.cause ?? details.error) })
  }
  yield line({ end: true })
}

function line(outcome) {
  return `${JSON.stringify(outcome)}\n`
}
