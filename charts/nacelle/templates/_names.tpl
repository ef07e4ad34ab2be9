{{- define "nacelle.labels" -}}
app.kubernetes.io/name: nacelle-agent
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: nacelle
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "nacelle.selector" -}}
app.kubernetes.io/name: nacelle-agent
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "nacelle.image" -}}
{{ .root.Values.image.registry }}/{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- define "nacelle.configured" -}}
{{- if or .Values.policy .Values.hardware }}yes{{ end -}}
{{- end -}}

{{- define "nacelle.operator.labels" -}}
app.kubernetes.io/name: nacelle-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: nacelle
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "nacelle.operator.selector" -}}
app.kubernetes.io/name: nacelle-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Only where an admission policy can limit the right to it. */}}
{{- define "nacelle.labelNodes" -}}
{{- if and .Values.operator.labelNodes .Values.admissionPolicy.enabled (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) }}yes{{ end -}}
{{- end -}}
