import { registerClass } from '../index.ts'
import { Temperature, temperatureCodec, TooCold, tooColdCodec } from './contract-tasks.ts'

let done = false

/** Registers the classes of the contract's tasks: once for a process, however many backends are tested in it. */
export function registerOnce(): void {
  if (done) return
  done = true
  registerClass(Temperature, temperatureCodec)
  registerClass(TooCold, tooColdCodec)
}
