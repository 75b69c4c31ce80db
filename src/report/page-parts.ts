import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

import { MARK } from '../page/brand.tsx'
import { PACKAGE_ROOT } from '../util/own-package.ts'

/** Reads a script or a style that the build has made. */
export function pageFile(name: string): string {
  return readFileSync(new URL(`page/${name}`, PACKAGE_ROOT), 'utf8')
}

/** Returns the policy of a page that has one script and one style and asks for nothing; `connect`: but its own server. */
export function policyOf(script: string, style: string, connect: boolean = false): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data:',
    ...(connect ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
}

/** The icon of a page, as a link. */
export function iconLink(): string {
  const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path d="${MARK}" stroke="#2f6fdb" stroke-width="3" stroke-linecap="round"/></svg>`
  return `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
