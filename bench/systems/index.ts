import { manyhands } from './manyhands.ts'
import { piscinaLike } from './piscina.ts'
import { plainLoop } from './plain-loop.ts'
import { poolifier } from './poolifier.ts'
import type { MakeSystem } from './system.ts'
import { workerpool } from './workerpool.ts'

/** What is compared, by name. */
export const SYSTEMS: Readonly<Record<string, MakeSystem>> = {
  'plain loop': plainLoop,
  'manyhands threads': manyhands('threads'),
  'manyhands processes': manyhands('processes'),
  piscina: piscinaLike('piscina'),
  tinypool: piscinaLike('tinypool'),
  workerpool,
  poolifier,
}
