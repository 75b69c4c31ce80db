import { deflateRawSync } from 'node:zlib'

import { h } from 'preact'
import { render } from 'preact-render-to-string'

import { Page } from '../page/document.tsx'
import { pageData } from '../page/page-data.ts'
import { visibleText } from '../view/format/visible-text.ts'
import { pack } from '../view/pack/pack.ts'
import type { View } from '../view/view.ts'
import { iconLink, pageFile, policyOf } from './page-parts.ts'
import { REPORT_STARTS } from './report-kinds.ts'

/** Bytes of packed attempts that a page may have: if there are more, they are told less exactly. */
const MOST_PACKED = 250_000
const WAYS_TO_PACK = [{}, { coarseness: 4 }, { coarseness: 4, inputLength: 60 }, { coarseness: 4, inputLength: 12 }]

/** Makes one page of a view, which needs nothing else: no request leaves it, and no script but its own may run in it. */
export function htmlPage(view: View): string {
  const script = pageFile('report.js')
  const style = pageFile('report-style.css')
  const title = escapeHtml(
    visibleText([view.run.name, view.run.run, 'manyhands'].filter((part) => part !== '').join(' · ')),
  )
  return `${REPORT_STARTS['.html']}<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">
<title>${title}</title>${iconLink()}<style>${style}</style></head><body>
${render(h(Page, { view }))}
<script type="application/json" id="view">${jsonInScript(pageData(view))}</script>
<script type="text/plain" id="tasks">${packed(view)}</script>
<script type="module">${script}</script>
</body></html>
`
}

function packed(view: View): string {
  for (const way of WAYS_TO_PACK) {
    const bytes = deflateRawSync(pack(view, way))
    if (bytes.length <= MOST_PACKED || way === WAYS_TO_PACK.at(-1)) return bytes.toString('base64')
  }
  return ''
}

/** Writes JSON that cannot end the element that it stands in. */
function jsonInScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
