import { type BackendName, type CaseFunction, report } from './case.js'

// One case in a process of its own: `case-main.js group/name backend folder`.
const [name, backend, folder] = process.argv.slice(2) as [string, BackendName, string]
const [group, exportName] = name.split('/') as [string, string]

/** What keeps this process alive, but for the timer that waits here. */
function resources(): string[] {
  const all = process.getActiveResourcesInfo()
  const own = all.indexOf('Timeout')
  return all.filter((_, i) => i !== own)
}

try {
  const { [exportName]: run } = (await import(`./cases/${group}.js`)) as Record<string, CaseFunction>
  if (run === undefined) throw new Error(`there is no case ${name}`)
  await run({ backend, folder, note: (note, value) => report(folder, { note, value }) })
} catch (error) {
  report(folder, { failed: error instanceof Error ? `${error.stack}` : String(error) })
  process.exitCode = 70
}

// What is being let go of may take a moment. Then the process must end by itself.
const until = performance.now() + 10_000
const look = setInterval(() => {
  if (resources().length > 0 && performance.now() < until) return
  report(folder, { done: true, resources: resources() })
  clearInterval(look)
}, 5)
