import type { PackedShape, Unpacked } from './packed-view.ts'

/** A full bin of a lane. */
const FULL = 250

/** Reads what `pack` has written. */
export function unpack(bytes: Uint8Array, { unit, lanes, steps, bins }: PackedShape): Unpacked {
  let at = 0
  const whole = (): number => {
    let number = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] ?? 0
      number += (byte & 127) * factor
      if (byte < 128) return number
    }
  }
  const n = whole()
  const differences = (scale: number): Float64Array => {
    let last = 0
    return Float64Array.from({ length: n }, () => {
      const code = whole()
      last += code % 2 === 0 ? code / 2 : -(code + 1) / 2
      return last * scale
    })
  }
  const times = (): Float64Array => Float64Array.from({ length: n }, () => whole() * unit)
  const small = (): Uint16Array => Uint16Array.from({ length: n }, whole)
  const start = differences(unit)
  const ms = times()
  const task = differences(1)
  const [lane, attempt, state, failed] = [small(), small(), small(), small()]
  const stepTimes = Array.from({ length: steps }, times)
  const size = whole()
  const input = new TextDecoder().decode(bytes.subarray(at, at + size)).split('\n')
  at += size
  const series = (): Float32Array => Float32Array.from({ length: bins }, () => whole() / FULL)
  const work = Array.from({ length: lanes }, () => Array.from({ length: Math.max(1, steps) }, series))
  return { n, start, ms, task, lane, attempt, state, failed, steps: stepTimes, input, work }
}
