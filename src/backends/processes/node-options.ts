import type { WorkerSpec } from '../../pool/backend/backend.ts'
import { inheritedOptions } from '../inherited-options.ts'

/** The options that a worker process's Node gets: those of this process, or the pool's own, and its limits. */
export function nodeOptions(spec: WorkerSpec): string[] {
  return [...(spec.execArgv ?? inheritedOptions()), ...limitOptions(spec.resourceLimits ?? {})]
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
