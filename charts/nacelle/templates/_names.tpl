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

{{/* Whether ValidatingAdmissionPolicies limit what agents and operator write. */}}
{{- define "nacelle.limited" -}}
{{- if and .Values.admissionPolicy.enabled (semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version) }}yes{{ end -}}
{{- end -}}

{{/* Rights to write objects of all nodes: only where they are limited, or where somebody
     has said that they need not be. */}}
{{- define "nacelle.mayWrite" -}}
{{- if or (include "nacelle.limited" .) (not .Values.admissionPolicy.enabled) }}yes{{ end -}}
{{- end -}}

{{/* Whether anything is handed out by CDI: claims, or grants where a policy says so. */}}
{{- define "nacelle.cdi" -}}
{{- if or .Values.apiServer.enabled (has (dig "grant" "via" "devices" .Values.policy) (list "cdi" "annotation")) }}yes{{ end -}}
{{- end -}}

{{- define "nacelle.pluginsRegistry" -}}
{{- if or .Values.apiServer.enabled (eq .Values.agent.registration "plugins-registry") }}yes{{ end -}}
{{- end -}}

{{/* Only where an admission policy can limit the right to it. */}}
{{- define "nacelle.labelNodes" -}}
{{- if and .Values.operator.labelNodes (include "nacelle.limited" .) }}yes{{ end -}}
{{- end -}}
