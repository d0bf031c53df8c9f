/** `npm test` runs everything but *.system.test.ts; `npm run test:system` runs only those. */
const system = process.env.TWOKEY_TESTS === 'system';

export default {
  testEnvironment: 'node',
  // Its soft deletion wraps process-wide setters once more for every file, until one overflows the stack.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  testMatch: [system ? '<rootDir>/test/**/*.system.test.ts' : '<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: system ? ['/node_modules/'] : ['/node_modules/', '\\.system\\.test\\.ts$'],
  testTimeout: 60_000,
  // Demos make and remove the same Unix users, so that one has to follow the other.
  maxWorkers: system ? 1 : 2,
};
