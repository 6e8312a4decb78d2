{{- define "vault.name" -}}vault{{- end -}}
{{- define "vault.fullname" -}}
{{- if contains "vault" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-vault{{ end -}}
{{- end -}}
{{- define "vault.scheme" -}}{{ if .Values.global.tlsDisable }}http{{ else }}https{{ end }}{{- end -}}
{{- define "vault.selector" -}}
app.kubernetes.io/name: {{ include "vault.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
component: server
{{- end -}}
{{- define "vault.identity" -}}
app.kubernetes.io/name: {{ include "vault.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
{{- define "vault.labels" -}}
helm.sh/chart: vault-{{ .Chart.Version }}
{{ include "vault.identity" . }}
{{- end -}}
{{- define "vault.ha" -}}{{ if eq (toString .Values.server.ha.enabled) "true" }}true{{ end }}{{- end -}}
{{- define "vault.replicas" -}}{{ if include "vault.ha" . }}{{ .Values.server.ha.replicas }}{{ else }}1{{ end }}{{- end -}}

{{- /* Takes [root, value]: a text is a template, anything else is YAML already. */}}
{{- define "vault.yaml" -}}
{{- $value := index . 1 -}}
{{- if kindIs "string" $value }}{{ tpl $value (index . 0) }}{{ else }}{{ toYaml $value }}{{ end -}}
{{- end -}}

{{- /* Takes [root, key, value]: a field of metadata that is left out when empty. */}}
{{- define "vault.field" -}}
{{- with index . 2 }}{{ index $ 1 }}:
{{- include "vault.yaml" (list (index $ 0) .) | nindent 2 }}{{ end -}}
{{- end -}}

{{- /* Half of the servers minus one: the raft keeps its majority. A 0 in the values counts as nothing. */}}
{{- define "vault.maxUnavailable" -}}
{{- $replicas := int .Values.server.ha.replicas -}}
{{- if eq $replicas 1 }}0{{ else }}{{ .Values.server.ha.disruptionBudget.maxUnavailable | default (div (sub $replicas 1) 2) }}{{ end -}}
{{- end -}}

{{- define "vault.config" -}}
{{- $server := .Values.server -}}
{{- $config := ternary $server.ha.raft.config $server.standalone.config (eq (include "vault.ha" .) "true") -}}
{{- if not (kindIs "string" $config) }}{{ fail "structured server config is not supported, value must be a string" }}{{ end -}}
{{- $text := tpl $config . -}}
{{- $json := fromJson $text -}}
{{- if and $json (not (hasKey $json "Error")) -}}
{{- mustToJson (merge $json (dict "disable_mlock" true)) }}
{{- else if regexMatch "(?m)^\\s*disable_mlock\\s*=" $config -}}
{{- $text }}
{{- else -}}
{{- $text }}
disable_mlock = true
{{- end -}}
{{- end -}}

{{- /* What the real chart can do with keys that this one has, and this one cannot. */}}
{{- define "vault.check" -}}
{{- $server := .Values.server -}}
{{- if include "vault.ha" . -}}
{{- if not $server.ha.raft.enabled }}{{ fail "server.ha.raft.enabled must be true: this chart knows no other storage of several servers" }}{{ end -}}
{{- if not $server.ha.raft.config }}{{ fail "server.ha.raft.config is missing: this chart has no configuration of its own" }}{{ end -}}
{{- else -}}
{{- if $server.ha.raft.enabled }}{{ fail "server.ha.raft.enabled must be false while server.ha.enabled is" }}{{ end -}}
{{- if eq (toString $server.standalone.enabled) "false" }}{{ fail "server.standalone.enabled or server.ha.enabled must be true: this chart installs nothing but a server" }}{{ end -}}
{{- if not $server.standalone.config }}{{ fail "server.standalone.config is missing: this chart has no configuration of its own" }}{{ end -}}
{{- end -}}
{{- end -}}
