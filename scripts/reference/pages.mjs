// Writes the reference: a page of Markdown for each entry, made of the doc comments of its public names.
import ts from '@typescript/typescript6'

import { textOf } from './entries.mjs'

const NOTE = 'Written by `npm run reference` from the doc comments.'

/** The pages by their names in docs/reference. */
export function referencePages({ entries }) {
  // A name that several entries export is told of in the first of them.
  const homes = new Map()
  for (const { name: entry, names } of entries)
    for (const { name } of names) if (!homes.has(name)) homes.set(name, entry)
  const pages = new Map([['README.md', overview(entries, homes)]])
  for (const entry of entries) pages.set(fileOf(entry.name), pageOf(entry, homes))
  return pages
}

function overview(entries, homes) {
  const parts = entries.map(({ name, names }) => {
    const rows = names.map(
      (one) => `| ${linkTo(one.name, homes, 'README.md')} | ${kindOf(one)} | ${summaryOf(one, homes)} |`,
    )
    return `## ${name}\n\n| name | kind | summary |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Reference\n\nEvery public name of the package. ${NOTE} The same without words: [API report](../api.md).\n\n${parts.join('\n')}`
}

function pageOf({ name, names }, homes) {
  const file = fileOf(name)
  const parts = names.map((one) => {
    if (homes.get(one.name) !== name) return `## ${one.name}\n\nSee ${linkTo(one.name, homes, file)}.\n`
    return sectionOf(one, homes, file)
  })
  return `# ${name}\n\n${NOTE} [All entries](README.md)\n\n${parts.join('\n')}`
}

function sectionOf(one, homes, file) {
  const code = one.declarations.map((node) => textOf(node)).join('\n\n')
  const members = one.declarations.flatMap((node) => membersOf(node))
  const rows = members.flatMap((member) => {
    const said = docOf(member, homes, file)
    return said === '' ? [] : [`**\`${headOf(member)}\`**\n\n${said}\n`]
  })
  const doc = one.declarations.map((node) => docOf(node, homes, file)).join('\n\n')
  return [`## ${one.name}\n`, `${doc}\n`, '```ts', code, '```\n', ...rows].join('\n')
}

function membersOf(node) {
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) return [...node.members]
  return ts.isTypeAliasDeclaration(node) && ts.isTypeLiteralNode(node.type) ? [...node.type.members] : []
}

/** A member up to its type: `name?`, `name(a, b)`. */
function headOf(member) {
  const parameters = member.parameters?.map((one) => `${one.dotDotDotToken ? '...' : ''}${one.name.getText()}`)
  const call = parameters === undefined || ts.isGetAccessor(member) ? '' : `(${parameters.join(', ')})`
  const isStatic = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ? 'static ' : ''
  const name = member.name?.getText() ?? (ts.isConstructorDeclaration(member) ? 'constructor' : '')
  return `${isStatic}${name}${member.questionToken ? '?' : ''}${call}`
}

function kindOf({ declarations }) {
  const [node] = declarations
  if (ts.isVariableStatement(node)) {
    const type = node.declarationList.declarations[0].type
    return type !== undefined && /Function|=>|^(Reducer|TaskFactory|DefineBatched)$/.test(type.getText())
      ? 'function'
      : 'value'
  }
  if (ts.isFunctionDeclaration(node)) return 'function'
  if (ts.isClassDeclaration(node)) return 'class'
  return ts.isInterfaceDeclaration(node) ? 'interface' : 'type'
}

/** The first sentence of what a name's doc comment says. */
function summaryOf({ declarations }, homes) {
  const [node] = declarations
  const said = wordsOf(node.jsDoc?.at(-1)?.comment, homes, 'README.md').replaceAll('\n', ' ')
  return (/^.*?\.(?= |$)/.exec(said)?.[0] ?? said).replaceAll('|', String.raw`\|`)
}

/** A doc comment as Markdown: its words, then parameters, result, errors and examples. */
function docOf(node, homes, file) {
  const doc = node.jsDoc?.at(-1)
  if (doc === undefined) return ''
  const parts = [wordsOf(doc.comment, homes, file)]
  for (const tag of doc.tags ?? []) {
    const said = wordsOf(tag.comment, homes, file)
    if (ts.isJSDocParameterTag(tag)) parts.push(`*${tag.name.getText()}*: ${said.replace(/^- */, '')}`)
    else if (ts.isJSDocThrowsTag(tag)) parts.push(`Throws ${errorOf(tag, homes, file)}${said}`)
    else if (ts.isJSDocReturnTag(tag)) parts.push(`Returns ${said}`)
    else if (tag.tagName.text === 'example') parts.push(exampleOf(said))
    else parts.push(`*${tag.tagName.text}* ${said}`)
  }
  return parts.filter((part) => part !== '').join('\n\n')
}

function errorOf(tag, homes, file) {
  const name = tag.typeExpression?.type.getText()
  return name === undefined ? '' : `${linkTo(name, homes, file)} `
}

function exampleOf(text) {
  if (text.includes('```')) return text
  return `\`\`\`ts\n${text.replaceAll(/^ {2}/gm, '')}\n\`\`\``
}

function wordsOf(comment, homes, file) {
  if (comment === undefined) return ''
  if (typeof comment === 'string') return comment.trim()
  const parts = comment.map((part) => {
    if (!ts.isJSDocLink(part)) return part.text
    const name = `${part.name?.getText() ?? ''}${part.text}`
    return linkTo(name.trim(), homes, file)
  })
  return parts.join('').trim()
}

/** A link to a public name; without one the name alone. */
function linkTo(name, homes, file) {
  const home = homes.get(name.split('.')[0].split('<')[0])
  if (home === undefined) return `\`${name}\``
  const page = fileOf(home)
  const anchor = name.split('.')[0].toLowerCase()
  return `[\`${name}\`](${page === file ? '' : page}#${anchor})`
}

function fileOf(entry) {
  return `${entry.replace('manyhands/', '')}.md`
}
