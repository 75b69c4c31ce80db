import { pipeline } from 'manyhands/pipeline'

export const calibrate = pipeline('calibrate')
  .step('raw', ({ input, size }) => {
    if (input === 'bad') throw new RangeError('it is bad')
    return Number(size ?? input)
  })
  .step('dark', ['raw'], (raw, config) => raw - (config?.dark ?? 0))
  .step(
    'slow',
    ({ raw }) => {
      if (raw === 999) for (;;);
      return 'done'
    },
    { timeout: 1_000 },
  )
  .drop('raw', 'slow')

export const notReady = { step() {} }

if (process.env['LOADED'] !== undefined) console.log(`loaded in ${process.pid}`)
