// A browser for the tests of pages: what this machine has, or Debian's package.
import { apt, canInstall, has } from './apt.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
/** It is large. */
const LONGEST_MS = 600_000

/** Installs a browser if there is none and this may be done. Without one the tests of pages fail, and say why. */
export function installBrowser() {
  if (NAMES.some((name) => has(name, '--version'))) return true
  if (canInstall()) {
    apt(['update'])
    apt(['install', '-y', '--no-install-recommends', 'chromium'], { ms: LONGEST_MS })
  }
  if (has('chromium', '--version')) return true
  console.error('There is no chromium on this machine, which tests of pages need: apt-get install chromium.')
  return false
}
