// @vitest-environment jsdom
import { testsInBrowser } from './browser.ts'

testsInBrowser()
