{{/* What no schema can say of the policy: fails with the place. */}}
{{- define "nacelle.checkPolicy" -}}
{{- $names := dict -}}
{{- range $i, $offer := (.Values.policy).offers -}}
{{- if hasKey $names $offer.name }}{{ fail (printf "policy.offers[%d].name: another offer has the name %s" $i $offer.name) }}{{ end -}}
{{- $_ := set $names $offer.name true -}}
{{- if and (eq (default "devicePlugin" $offer.through) "dra") (not $.Values.apiServer.enabled) }}{{ fail (printf "policy.offers[%d].through: dra needs apiServer.enabled" $i) }}{{ end -}}
{{- $queues := 0 -}}
{{- range splitList "+" $offer.find }}{{ $queues = add $queues (max 1 (regexReplaceAll "(?s)^\\s*0*([0-9]+)\\s.*$" . "${1}" | int)) }}{{ end -}}
{{- if gt $queues 1024 }}{{ fail (printf "policy.offers[%d].find: asks for %d queues, more than 1024" $i $queues) }}{{ end -}}
{{- end -}}
{{- end -}}
