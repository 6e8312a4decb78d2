/** Brings everything back to what the program says: only a refresh sees what was changed past it. */
export const bringBack = ["pulumi up --refresh --run-program"];

/**
 * Brings back what a chart made: Pulumi asks Helm alone, which does not look after it. Without Helm's record, which holds
 * nothing else, the release is installed anew over what is there.
 */
export const installAnew = [
  "kubectl -n NAMESPACE delete secrets -l owner=helm,name=RELEASE",
  ...bringBack,
];
