import { comingFrom } from './support/coming-from.js'

comingFrom('p-map', {
  names: `pMap mapper concurrency stopOnError signal pMapSkip pMapIterable backpressure`,
  prints: ["'https://sindresorhus.com/',\n  'https://avajs.dev/',\n  'https://github.com/'"],
})
