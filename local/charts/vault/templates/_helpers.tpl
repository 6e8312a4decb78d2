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
{{- define "vault.labels" -}}
helm.sh/chart: vault-{{ .Chart.Version }}
app.kubernetes.io/name: {{ include "vault.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}
{{- define "vault.replicas" -}}{{ if eq (toString .Values.server.ha.enabled) "true" }}{{ .Values.server.ha.replicas }}{{ else }}1{{ end }}{{- end -}}
{{- define "vault.config" -}}
{{- $config := .Values.server.standalone.config -}}
{{- if eq (toString .Values.server.ha.enabled) "true" }}{{ $config = .Values.server.ha.raft.config }}{{ end -}}
{{- if not (kindIs "string" $config) }}{{ fail "structured server config is not supported, value must be a string" }}{{ end -}}
{{- tpl $config . }}
{{- if not (contains "disable_mlock" $config) }}
disable_mlock = true
{{- end }}
{{- end -}}
