/**
 * A script in place of the language host, which it starts from the file `language-host` beside it. The last host that can be
 * built here takes a program's options as arguments, and the engine sends them in a newer way, which that host does not
 * know: the script reads them from the Pulumi.yaml of the folder in which the engine starts it.
 */
export const languageHostScript = `#!/bin/sh
option() { sed -n "s/^ *$1: *//p" Pulumi.yaml 2>/dev/null; }
typescript=$(option typescript)
exec "\${0%/*}/language-host" "-typescript=\${typescript:-true}" "-nodeargs=$(option nodeargs)" "$@"
`;
