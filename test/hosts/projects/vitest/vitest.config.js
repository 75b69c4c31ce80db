export default {
  test: {
    include: ['*.test.ts'],
    testTimeout: 60_000,
    // As it is for packages in node_modules.
    server: { deps: { external: [/[\\/]helper[\\/]/, /[\\/]dist[\\/]/] } },
  },
}
