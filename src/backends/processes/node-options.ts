import type { WorkerSpec } from '../../pool/backend.ts'

/** The options that a worker process's Node gets: those of this process, or the pool's own, and its limits. */
export function nodeOptions(spec: WorkerSpec): string[] {
  return [...(spec.execArgv ?? inheritedOptions()), ...limitOptions(spec.resourceLimits ?? {})]
}

/** This process's options but for the code of `node -e`, and the inspector's port, which is taken. */
function inheritedOptions(): string[] {
  const options: string[] = []
  for (let i = 0; i < process.execArgv.length; i++) {
    const option = process.execArgv[i] as string
    if (/^(-e|--eval|-p|--print|-pe)$/.test(option)) i++
    else if (!/^--(inspect|eval=|print=|input-type)/.test(option)) options.push(option)
  }
  return options
}

function limitOptions(limits: NonNullable<WorkerSpec['resourceLimits']>): string[] {
  const { maxOldGenerationSizeMb, maxYoungGenerationSizeMb, stackSizeMb } = limits
  return [
    ...(maxOldGenerationSizeMb === undefined ? [] : [`--max-old-space-size=${maxOldGenerationSizeMb}`]),
    ...(maxYoungGenerationSizeMb === undefined
      ? []
      : [`--max-semi-space-size=${Math.max(1, Math.floor(maxYoungGenerationSizeMb / 3))}`]),
    ...(stackSizeMb === undefined ? [] : [`--stack-size=${Math.floor(stackSizeMb * 1024)}`]),
  ]
}
