// Reads the public names of each entry of the package from its bundled declarations.
import { readFileSync } from 'node:fs'
import { posix, resolve } from 'node:path'

import ts from '@typescript/typescript6'

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))

/** The entries, as `exports` of package.json lists them: the name to import, and the file of declarations. */
const ENTRIES = Object.entries(exports).flatMap(([path, { types }]) =>
  types === undefined ? [] : [{ name: posix.join('manyhands', path), file: resolve(types) }],
)

/** The folder of the declarations, as the compiler writes its path. */
const FOLDER = `${resolve('dist').replaceAll('\\', '/')}/`

/** Gives the type checker, and for each entry its exported names with their declarations, in alphabetical order. */
export function readEntries() {
  const program = ts.createProgram(
    ENTRIES.map(({ file }) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023, strict: true, noEmit: true, types: ['node'] },
  )
  const checker = program.getTypeChecker()
  const entries = ENTRIES.map(({ name, file }) => {
    const source = program.getSourceFile(file)
    if (source === undefined) throw new Error(`${file} is missing: run npm run build.`)
    const names = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return { name: symbol.name, symbol: target, declarations: declarationsOf(target) }
    })
    return { name, names: names.toSorted((a, b) => (a.name < b.name ? -1 : 1)) }
  })
  return { checker, entries }
}

/** The declarations of a symbol in this package. That of a constant is its whole statement. */
export function declarationsOf(symbol) {
  return (symbol.declarations ?? [])
    .filter((node) => node.getSourceFile().fileName.startsWith(FOLDER))
    .map((node) => (ts.isVariableDeclaration(node) ? node.parent.parent : node))
}

const PRINTER = ts.createPrinter({ removeComments: true })

/** The text of a declaration, without comments and without `declare`. */
export function textOf(node) {
  const text = PRINTER.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
  return text.replaceAll(/^( +)/gm, (spaces) => ' '.repeat(spaces.length / 2)).replace(/^(export )?declare /, '')
}
