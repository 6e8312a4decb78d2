#!/usr/bin/env bash
# gocloud.dev 0.46.0: a blob in a folder whose attributes were cut off cannot be read, though the blob itself is whole.
#
# fileblob writes BLOB.attrs in place, then renames a temporary file to BLOB: only the second step is atomic. A writer that
# is killed between creating the attributes and writing them leaves BLOB as it was, and unreadable; without BLOB.attrs it
# can be read. Pulumi keeps a stack's state this way in a file:// backend: after a SIGKILL at that moment every command on the
# stack ends with "failed to load checkpoint: EOF" (seen with Pulumi 3.259), until that small file is removed. Seen on 2026-11-28:
#   as written:               a state
#   attributes are empty:     EOF
#   attributes are removed:   a state
set -euo pipefail
folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gocloud.dev/blob/fileblob"
)

func main() {
	folder := os.Args[1]
	background := context.Background()
	bucket, err := fileblob.OpenBucket(folder, nil)
	if err != nil {
		panic(err)
	}
	show := func(when string) {
		content, err := bucket.ReadAll(background, "stack.json")
		if err != nil {
			fmt.Printf("%s: %v\n", when, err)
			return
		}
		fmt.Printf("%s: %s\n", when, content)
	}
	if err := bucket.WriteAll(background, "stack.json", []byte("a state"), nil); err != nil {
		panic(err)
	}
	show("as written")
	attributes := filepath.Join(folder, "stack.json.attrs")
	os.Truncate(attributes, 0)
	show("attributes are empty")
	os.Remove(attributes)
	show("attributes are removed")
}
GO
mkdir blobs
go mod init finding 2>/dev/null
go get gocloud.dev@v0.46.0 2>/dev/null
go mod tidy 2>/dev/null
go run . blobs | sed 's/: blob .*: EOF$/: EOF/' | tee seen
diff seen - <<'SEEN'
as written: a state
attributes are empty: EOF
attributes are removed: a state
SEEN
echo "as seen on 2026-11-28"
