/** The library, for projects that have a package.json of their own. */
export * from 'manyhands'
