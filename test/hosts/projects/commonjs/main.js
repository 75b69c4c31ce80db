const path = require('node:path')
const { double } = require('./shapes')
const shapes = require('./shapes')

const offset = 10

exports.local = (x) => x + offset

// Sloppy code stays sloppy.
function sloppy() {
  return typeof this
}

async function main() {
  const { map, show } = await import('../helper/map.mjs')
  await show('exported', () => map([1], double))
  await show('exported with its own path', () => map([1], shapes.fileOf))
  await show('closure', () => map([1], (x) => x + offset))
  await show('require', () =>
    map([1], (x) => [double(x), shapes.double(x), path.basename('/a/b'), shapes.settings.level]),
  )
  await show('inner require', () => map([1], (x) => require('./shapes').double(x)))
  await show('names of the file', () => map([1], () => [path.basename(__filename), path.basename(__dirname)]))
  await show('sloppy', () => map([1], () => sloppy()))
  await show('exports of the entry', () => map([1], (x) => exports.local(x)))
  await show('dynamic import', () => map([1], async (x) => (await import('./shapes.js')).default.double(x)))
  await show('throws', () =>
    map([1], (x) => {
      throw new Error(`boom ${x}`)
    }),
  )
}

main()
