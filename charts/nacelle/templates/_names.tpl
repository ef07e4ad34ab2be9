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
{{- $digest := get (.root.Values.image.digests | default dict) .name -}}
{{ .root.Values.image.registry }}/{{ .name }}{{ if $digest }}@{{ $digest }}{{ else }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}{{ end }}
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

{{/* How many nodes may have two agents during an update. auto: one, where every kubelet of
     the cluster keeps what the new agent registers, and the agents that run hand over. */}}
{{- define "nacelle.maxSurge" -}}
{{- if ne (toString .Values.agent.maxSurge) "auto" }}{{ .Values.agent.maxSurge }}
{{- else if and (include "nacelle.kubeletsKeep" .) (include "nacelle.handsOver" .) }}1
{{- else }}0
{{- end -}}
{{- end -}}

{{/* kubernetes/kubernetes#135437: the end of the old agent is not taken for that of the new
     one. Without a cluster, as in helm template, nobody knows. */}}
{{- define "nacelle.kubeletsKeep" -}}
{{- $nodes := (lookup "v1" "Node" "" "").items -}}
{{- $keep := $nodes -}}
{{- range $nodes }}
{{- $version := dig "status" "nodeInfo" "kubeletVersion" "" . | regexFind "^v[0-9]+[.][0-9]+[.][0-9]+" | default "v0.0.0" -}}
{{- if not (semverCompare ">=1.37.0" $version) }}{{ $keep = false }}{{ end -}}
{{- end -}}
{{- if $keep }}yes{{ end -}}
{{- end -}}

{{/* An agent of a chart from before this annotation may never let go. */}}
{{- define "nacelle.handsOver" -}}
{{- $running := lookup "apps/v1" "DaemonSet" .Release.Namespace "nacelle-agent" -}}
{{- if or (not $running) (hasKey ($running.metadata.annotations | default dict) "nacelle.dev/hands-over") }}yes{{ end -}}
{{- end -}}
