export default {
  test: {
    include: ['*.test.ts'],
    // As it is for packages in node_modules.
    server: { deps: { external: [/[\\/]helper[\\/]/, /[\\/]dist[\\/]/] } },
  },
}
