/**
 * The findings that no fault of this suite causes, each with the test that shows what it leads to or what ends it. That the
 * doctor names them, it says of facts alone: test/doctor/cases, which has every finding.
 */
export const elsewhere: Record<string, string> = {
  // A namespace of a running stack is deleted, and the stack goes all the same.
  "namespace-missing": "test/e2e/failures/outages.ts",
  // A snapshot is put into servers that have nothing.
  "vault-uninitialised": "test/e2e/vault-snapshot.ts",
  // No link works without a Redis server, and all do soon after the first is back.
  "redis-unavailable": "test/e2e/outage.ts",
  // One start at a time has the lock, which expires.
  "migration-locked": "test/local/substitutes/shlink/installer.test.ts",
};
