import type { Gate } from '../pool/gate.ts'
import type { RunSettings } from '../settings/run-settings.ts'
import { MemoryGate } from './memory-gate.ts'
import { RateGate } from './rate-gate.ts'

/** What a run's tasks have to pass before they start; undefined where nothing holds them up. */
export function gateOf({ rate, memfree }: RunSettings): Gate | undefined {
  const gates: Gate[] = []
  if (rate !== undefined) gates.push(new RateGate(rate))
  if (memfree !== undefined) gates.push(new MemoryGate(memfree))
  return gates.length < 2 ? gates[0] : allOf(gates)
}

function allOf(gates: readonly Gate[]): Gate {
  return {
    room: (max) => gates.reduce((room, gate) => (room === 0 ? 0 : gate.room(room)), max),
    started: (count) => gates.forEach((gate) => gate.started(count)),
    onOpen: (wake) => gates.forEach((gate) => gate.onOpen(wake)),
    close: () => gates.forEach((gate) => gate.close()),
  }
}
