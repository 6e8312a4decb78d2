/** A change to a module's file: what matches the expression is replaced; it must match. */
export type Edit = [file: string, pattern: string, replacement: string];

/** Newer client libraries have only the Lease half of the double lock that the operator asks for. */
export const kooperEdits: Edit[] = [
  [
    "controller/leaderelection/leaderelection.go",
    "ConfigMapsLeasesResourceLock",
    "LeasesResourceLock",
  ],
];

/** State and secrets in a cloud's stores take a quarter of the engine's build, and none of it is used here. */
export const pulumiEdits: Edit[] = [
  ["backend/diy/backend.go", String.raw`\n\t(_ )?"gocloud\.dev/blob/(azure|gcs|s3)blob".*`, ""],
  ["backend/diy/backend.go", String.raw`\n.*pkg/v3/authhelpers"`, ""],
  [
    "backend/diy/backend.go",
    String.raw`\n\t// for gcp we want[^]*?(?=\n\tbucket, err := blobmux)`,
    "",
  ],
  ["backend/diy/bucket.go", String.raw`\n\tawss3 .*`, ""],
  ["backend/diy/bucket.go", String.raw`\n\t"net/url"`, ""],
  ["backend/diy/bucket.go", String.raw`\n\t\tvar input \*awss3[^]*?\n\t\t}`, ""],
  ["backend/diy/bucket.go", String.raw`\n// fixupS3CopySource[^]*?\n}\n`, ""],
  ["secrets/cloud/manager.go", String.raw`\n\t(_ )?"gocloud\.dev/secrets/\w+".*`, ""],
  ["secrets/cloud/manager.go", String.raw`\n.*(pkg/v3/authhelpers|cloudkms).*"`, ""],
  ["secrets/cloud/manager.go", String.raw`\n\tcase gcpkms[^]*?(?=\n\tdefault:)`, ""],
];
