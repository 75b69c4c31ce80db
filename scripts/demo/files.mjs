import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const SKIPPED = ['.git', '.manyhands', 'build', 'dist']

/** The outermost `node_modules` folders in a folder, its own first. */
export function nodeModulesIn(folder) {
  const names = foldersIn(folder).sort((a, b) => Number(b === 'node_modules') - Number(a === 'node_modules'))
  return names.flatMap((name) => {
    const path = join(folder, name)
    return name === 'node_modules' ? [path] : SKIPPED.includes(name) ? [] : nodeModulesIn(path)
  })
}

function foldersIn(folder) {
  const entries = readdirSync(folder, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() || entry.name === 'node_modules')
  return folders.map(({ name }) => name)
}

/** All that is no folder in a folder: files, and whatever else pretends to be one. A folder that hides is one too. */
export function filesIn(folder) {
  let entries
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return [folder]
  }
  const names = entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  return names.flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesIn(path) : [path]
  })
}
