{{/* What restricted Pod Security demands of a pod, and who it is. */}}
{{- define "holdfast.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "holdfast.container" -}}
image: {{ include "holdfast.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Files of secrets: [variable, secret, key, file] for each that this pod reads. */}}
{{- define "holdfast.secrets" -}}
{{- $all := list -}}
{{- $database := .service.database -}}
{{- if .isMigrator -}}
{{- $all = append $all (list "HOLDFAST_DATABASE_FILE" $database.migratorSecret $database.migratorKey "database") -}}
{{- else -}}
{{- $all = append $all (list "HOLDFAST_DATABASE_FILE" $database.secret $database.key "database") -}}
{{- if and .isServer $database.replicasKey -}}
{{- $all = append $all (list "HOLDFAST_DATABASE_REPLICA_FILE" $database.secret $database.replicasKey "replicas") -}}
{{- end -}}
{{- $shared := .root.Values.secrets -}}
{{- $own := .service.serviceKey -}}
{{- if and .isServer $own.secret -}}
{{- $all = append $all (list "HOLDFAST_SERVICE_KEY_FILE" $own.secret $own.key "service-key") -}}
{{- end -}}
{{- if and .isServer $shared.keyring.secret -}}
{{- $all = append $all (list "HOLDFAST_KEYRING_FILE" $shared.keyring.secret $shared.keyring.key "keyring") -}}
{{- end -}}
{{- if and .isServer $shared.redis.secret -}}
{{- $all = append $all (list "HOLDFAST_REDIS_FILE" $shared.redis.secret $shared.redis.key "redis") -}}
{{- end -}}
{{- if and .isOnKafka $shared.kafkaPassword.secret -}}
{{- $all = append $all (list "HOLDFAST_KAFKA_PASSWORD_FILE" $shared.kafkaPassword.secret $shared.kafkaPassword.key "kafka-password") -}}
{{- end -}}
{{- end -}}
{{- toJson $all -}}
{{- end }}

{{- define "holdfast.secretEnv" -}}
{{- range include "holdfast.secrets" . | fromJsonArray }}
- { name: {{ index . 0 }}, value: /run/secrets/holdfast/{{ index . 3 }} }
{{- end }}
{{- end }}

{{- define "holdfast.mounts" -}}
- { name: secrets, mountPath: /run/secrets/holdfast, readOnly: true }
- { name: tmp, mountPath: /tmp }
{{- if and .isServer .service.tls.secret }}
- { name: tls, mountPath: /run/secrets/tls, readOnly: true }
{{- end }}
{{- end }}

{{- define "holdfast.volumes" -}}
- name: secrets
  projected:
    defaultMode: 288 # 0440
    sources:
      {{- range include "holdfast.secrets" . | fromJsonArray }}
      - secret:
          name: {{ index . 1 }}
          items: [{ key: {{ index . 2 }}, path: {{ index . 3 }} }]
      {{- end }}
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- if and .isServer .service.tls.secret }}
- name: tls
  secret: { secretName: {{ .service.tls.secret }}, defaultMode: 288 }
{{- end }}
{{- end }}

{{/* Settings in the order of their names: those of all pods, those of the service, then of the place. */}}
{{- define "holdfast.settings" -}}
{{- $settings := merge (deepCopy (.service.settings | default dict)) .root.Values.settings -}}
{{- range $name := keys $settings | sortAlpha }}
- { name: {{ $name }}, value: {{ get $settings $name | toString | quote }} }
{{- end }}
{{- end }}

{{- define "holdfast.spread" -}}
{{- range list (list "topology.kubernetes.io/zone" .root.Values.spread.zones) (list "kubernetes.io/hostname" .root.Values.spread.nodes) }}
- maxSkew: 1
  topologyKey: {{ index . 0 }}
  whenUnsatisfiable: {{ index . 1 }}
  nodeTaintsPolicy: Honor
  labelSelector:
    matchLabels: {{- include "holdfast.selector" $ | nindent 6 }}
  matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
