import assert from 'node:assert/strict'
import { test } from 'node:test'

import { findFunction } from '#manyhands/task/capture/syntax/find-function.js'
import { type FunctionSite, siteOf } from '#manyhands/task/capture/syntax/function-site.js'
import { parse, positionOf } from '#manyhands/task/capture/syntax/parse.js'

/** What is read of the function between `«` and `»`, which stands where V8 would place it. */
function site(source: string, isModule = true): FunctionSite {
  const start = source.indexOf('«')
  const end = source.indexOf('»') - 1
  const script = parse(source.replace(/[«»]/g, ''), isModule)
  const text = script.source.slice(start, end)
  const found = findFunction(script, positionOf(script, start + placeIn(text)))
  assert.ok(found, 'the function was not found')
  return siteOf(script, found, text)
}

/** V8 places functions at their parameters, arrows and classes at their start, classes at their constructor's. */
function placeIn(text: string): number {
  if (text.startsWith('class')) return text.includes('constructor(') ? text.indexOf('constructor(') + 11 : 0
  if (/^(?:async )?(?:\(|[\w$]+ =>)/.test(text)) return 0
  return text.indexOf('(', text.startsWith('[') ? text.indexOf(']') : 0)
}

function free(source: string, isModule?: boolean): string[] {
  return site(source, isModule).free.map((one) => one.name)
}

test('names that are used and not declared', () => {
  const cases: [string, string[]][] = [
    ['«(x) => x + a»', ['a']],
    ['«x => x + a»', ['a']],
    ['«async (x) => { await a; b() }»', ['a', 'b']],
    ['«function f(x) { return f(x) + a }»', ['a', 'f']],
    ['const g = «function f(x) { return f(x) + a }»', ['a']],
    ['«({ a, b: { c }, ...d }, [e = f, ...g], h = a) => i»', ['f', 'i']],
    ['«(a = () => b, b) => a»', []],
    ['«() => { var a; let b; const c = 1; class D {} function e() {} return [a, b, c, D, e, f] }»', ['f']],
    ['«() => { { let a; const b = 1 } return [a, b] }»', ['a', 'b']],
    ['«() => { { var a; function b() {} } return [a, b] }»', ['b']],
    ['«() => { try { x() } catch (e) { e; y } e }»', ['x', 'y', 'e']],
    ['«() => { try { x() } catch { y } }»', ['x', 'y']],
    ['«() => { for (let i = 0; i < n; i++) i; i }»', ['n', 'i']],
    ['«() => { for (const k in o) k; for (const [a] of b) a }»', ['o', 'b']],
    ['«() => { label: for (;;) { continue label } }»', []],
    ['«() => ({ a, b: c, [d]: e, f() { return g }, get h() { return i } })»', ['a', 'c', 'd', 'e', 'g', 'i']],
    ['«() => o.p.q[r]?.s?.[t]»', ['o', 'r', 't']],
    ['«() => `${a} ${`${b}`}` + c`${d}`»', ['a', 'b', 'c', 'd']],
    ['«() => { switch (a) { case b: let c; default: c } c }»', ['a', 'b', 'c']],
    ['«() => new A(...b)»', ['A', 'b']],
    [
      '«() => { class A extends B { static c = d; [e] = f; #g = h; static { i } j(k = l) { A; k } } }»',
      'B d e f h i l'.split(' '),
    ],
    ['«() => typeof a === "undefined"»', ['a']],
    ['«() => function () { return arguments[0] }»', []],
    ['«() => import(a)»', ['a']],
    ['const g = «function* () { yield a; yield* b }»', ['a', 'b']],
    ['«() => { a: { break a } }»', []],
    ['const o = { «method(x) { return x + a }» }', ['a']],
    ['const o = { «async *method(x) { yield x + a }» }', ['a']],
    ['const o = { «get x() { return a }» }', ['a']],
    ['const o = { «[key](x) { return x + a }» }', ['a']],
    ['class C { static «method(x) { return C.x + a }» }', ['C', 'a']],
  ]
  for (const [source, expected] of cases) assert.deepEqual(free(source).toSorted(), expected.toSorted(), source)
})

test('sloppy code: functions in blocks belong to the function around', () => {
  assert.deepEqual(free('«() => { { function b() {} } return b }»', false), [])
  assert.deepEqual(free('«() => { "use strict"; { function b() {} } return b }»', false), ['b'])
})

test('names that are assigned', () => {
  const assigned = [
    'a = 1',
    'a += 1',
    'a++',
    '--a',
    'a ??= 1',
    '[a] = b',
    '[[a]] = b',
    '({ a } = b)',
    '({ b: a = 1 } = b)',
    '[...a] = b',
  ]
  for (const expression of [...assigned]) {
    const [found] = site(`let a; «() => { ${expression} }»`).free.filter((one) => one.name === 'a')
    assert.equal(found?.assigned, true, expression)
  }
  const statements = ['for (a of b);', 'for (a in b);', 'for ([a] of b);', '(() => { a = 1 })()']
  for (const statement of statements) {
    const [found] = site(`let a; «() => { ${statement} }»`).free.filter((one) => one.name === 'a')
    assert.equal(found?.assigned, true, statement)
  }
  const harmless = ['a.b = 1', 'a[0]++', '({ b: a.c } = b)', 'const c = a', '{ let a; a = 1 }', '(a) => a = 1']
  for (const expression of harmless) {
    const found = site(`let a; «() => { ${expression} }»`).free.find((one) => one.name === 'a')
    assert.ok(found?.assigned !== true, expression)
  }
})

test('members, where nothing else is used of a variable', () => {
  const members = (code: string): readonly string[] | undefined => site(`«() => { ${code} }»`).free[0]?.members
  assert.deepEqual(members('m.a; m.b(); m["c"]; const { d, e: f } = m'), ['a', 'b', 'c', 'd', 'e'])
  for (const code of ['m', 'm.a; m', 'm[x]', 'const { ...rest } = m', 'f(m)'])
    assert.equal(site(`«() => { ${code} }»`).free.find((one) => one.name === 'm')?.members, undefined)
})

test('import.meta is replaced in place', () => {
  const { code, meta } = site('«() => [import.meta.url, import . meta.dirname]»')
  assert.equal(code, '() => [import_meta.url, import_meta  .dirname]')
  assert.equal(meta, 'import_meta')
  assert.equal(
    site('«() => { const import_meta = 1; return [import.meta, import_meta] }»').code.includes('import_met0'),
    true,
  )
})

test('imports that are read become members of their module, those that are called keep their names', () => {
  const source =
    'import a, { b, c as d, "e f" as g } from "x"; import * as h from "y"; «() => [a, b, d(), { b }, g, h.x, new b(), d`t`]»'
  const { code, liveModules } = site(source)
  assert.equal(code, '() => [$0.default, $0.b, d(), { b: $0.b }, $0["e f"], h.x, new b(), d`t`]')
  const names = ['default', 'b', 'e f']
  assert.deepEqual(liveModules, [{ alias: '$0', specifier: 'x', names, locals: ['a', 'b', 'g'] }])
})

test('where variables come from', () => {
  const origin = (declaration: string, name = 'v'): unknown => {
    const found = site(`${declaration}; «() => ${name}()»`, declaration.startsWith('import')).free[0]?.origin
    const { lexical: _, ...rest } = (found ?? {}) as Record<string, unknown>
    return rest
  }
  const imported = { from: 'import', declared: true, specifier: 'x', path: [] }
  assert.deepEqual(origin('import v from "x"'), { ...imported, name: 'default' })
  assert.deepEqual(origin('import * as v from "x"'), { ...imported, name: '*' })
  assert.deepEqual(origin('import { a as v } from "x" with { type: "t" }'), {
    ...imported,
    name: 'a',
    attributes: { type: 't' },
  })
  const required = { from: 'require', specifier: 'x', path: [] }
  assert.deepEqual(origin('const v = require("x")'), required)
  assert.deepEqual(origin('const { a: { v } } = require("x")'), { ...required, path: ['a', 'v'] })
  assert.deepEqual(origin('const v = require("x").a.b'), { ...required, path: ['a', 'b'] })
  assert.deepEqual(origin('var v = __toESM(require("x"), 1)'), { ...required, helper: { name: '__toESM', rest: [1] } })
  assert.deepEqual(origin('let v = require("x"); v = 1'), { from: 'variable' })
  assert.deepEqual(origin('const v = make()'), { from: 'variable' })
  assert.deepEqual(origin('const v = require(name)'), { from: 'variable' })
})

test('classes: what is evaluated at once, and what they extend', () => {
  const eager = site('«class A extends f(B) { static a = c; static { d() } [e]() { f } static g() { h } x = i }»')
  assert.deepEqual(eager.eager.toSorted(), ['$base', 'c', 'd', 'e'])
  assert.match(eager.code, /extends \$base /)
  assert.equal(site('«class A extends B {}»').base, 'B')
  assert.equal(site('import B from "x"; «class A extends B {}»').base, undefined)
  const { members } = site('«class A { constructor(a = b) {} static c() {} get d() {} static [e]() {} static {} }»')
  assert.deepEqual(
    members.map(({ isStatic, name }) => [isStatic, name]),
    [
      [false, 'constructor'],
      [true, 'c'],
      [false, 'd'],
      [true, undefined],
      [true, undefined],
    ],
  )
})

test('a function is strict by its module, its class, or the code around', () => {
  assert.equal(site('«() => 1»').strict, true)
  assert.equal(site('«() => 1»', false).strict, false)
  assert.equal(site('"use strict"; «() => 1»', false).strict, true)
  assert.equal(site('function f() { "use strict"; return «() => 1» }', false).strict, true)
  assert.equal(site('class C { «m() {}» }', false).strict, true)
})
