import { moment, time } from '../../view/format/times.ts'
import { isBad, OUTCOMES, type Shown } from './attempts.ts'
import { element } from './elements.ts'

/** Tells of a single attempt what is known of it. */
export function detailOf({ tasks, lanes, steps, run }: Shown, i: number): HTMLElement[] {
  const bad = isBad(tasks, i)
  const later = bad && tasks.failed[i] === 0 ? '; it succeeded later' : ''
  const where = lanes[tasks.lane[i] as number] ?? 'a worker'
  const facts = ` ${time(tasks.ms[i] as number)} on ${where}, from ${moment(tasks.start[i] as number, 10)}, attempt ${tasks.attempt[i]}${later}`
  const line = element(
    'p',
    '',
    element('b', '', `#${tasks.task[i]} `),
    element('bdi', 'input', tasks.input[i] ?? ''),
    ' ',
    element('span', `tag ${bad ? 'bad' : 'good'}`, OUTCOMES[tasks.state[i] as number] ?? ''),
    facts,
  )
  const parts = steps.flatMap((name, s) => {
    const ms = tasks.steps[s]?.[i] ?? 0
    if (ms === 0) return []
    const part = element('span', '', element('i', `c${s % 8}`), `${name} ${time(ms)}`)
    part.style.flexGrow = String(Math.max(1, Math.round(ms)))
    return [part]
  })
  const lines = [line]
  if (parts.length > 1) lines.push(element('p', 'parts', ...parts))
  if (bad && run !== '')
    lines.push(
      element('p', 'note', 'Stop where it throws: ', element('code', '', `manyhands debug ${run}#${tasks.task[i]}`)),
    )
  return lines
}
