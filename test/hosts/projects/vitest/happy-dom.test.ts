// @vitest-environment happy-dom
import { testsInBrowser } from './browser.ts'

testsInBrowser()
