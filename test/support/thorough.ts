/** Set by `npm run test:all`: checks of random or many moments make all their rounds, not only some. */
export const thorough: boolean = process.env['TEST_THOROUGH'] === '1'
