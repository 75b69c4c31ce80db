/** Where random tests begin: the same each time, unless `npm run properties` has chosen another one. */
export const seed: number = Number(process.env['PROPERTY_SEED'] ?? 1_910)
