import { calibrate } from './calibrate.ts'

// `node calibrate-photos.ts photos/*.jpg`: a line for each photograph, and what the steps did.
const config = {
  dark: 4,
  fallOff: 0.3,
  bad: [
    [10, 10],
    [200, 150],
  ] as const,
}
const results = calibrate.run(process.argv.slice(2), { config })
for await (const r of results) {
  if (r.ok) console.log(`${r.clip.name}: ${r.clip.width} x ${r.clip.height}, mean ${r.clip.stats.mean}`)
  else console.log(`${r.input as string}: failed in ${r.step}, ${r.error.message}`)
}
console.table(results.report())
