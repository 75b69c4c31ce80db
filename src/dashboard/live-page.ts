import { iconLink, pageFile, policyOf } from '../report/page-parts.ts'

/** The page of the dashboard, and the policy that it is sent with. It holds no data: its script asks for them. */
export interface LivePage {
  readonly html: string
  readonly policy: string
}

/** Makes the page, which is the same for all that it shows. */
export function livePage(): LivePage {
  const script = pageFile('live.js')
  const style = pageFile('live-style.css')
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>manyhands</title>${iconLink()}<style>${style}</style></head><body>
<div id="page"><noscript><main><p class="note">The dashboard needs its script. <code>manyhands report</code> writes a page that needs none.</p></main></noscript></div>
<script type="module">${script}</script>
</body></html>
`
  return { html, policy: `${policyOf(script, style, true)}; frame-ancestors 'none'` }
}
