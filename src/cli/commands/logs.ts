import { existsSync } from 'node:fs'

import { escapeText } from '../../util/text/terminal-text.ts'
import { outputFile, readOutput } from '../runs/output-log.ts'
import { readRecord } from '../runs/run-record.ts'

/** `manyhands logs <run> --task N`: prints to stdout what a task printed; without a task, what all did. */
export function logs(run: string, task: number | undefined, json: boolean): void {
  const record = readRecord(run)
  const file = outputFile(record.run)
  if (!existsSync(file)) return
  for (const line of readOutput(file)) {
    if (task !== undefined && line.task !== task) continue
    if (json) console.log(JSON.stringify(line))
    else
      for (const text of textLines(line.text)) console.log(task === undefined ? `#${line.task ?? '-'} │ ${text}` : text)
  }
}

function textLines(text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => escapeText(line).replaceAll('␉', '\t'))
}
