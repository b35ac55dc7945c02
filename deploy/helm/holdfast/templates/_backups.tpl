{{- define "holdfast.backupContainer" -}}
{{- $image := .Values.backups.image -}}
image: {{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* The key that opens backups is given to the pods alone that restore them. */}}
{{- define "holdfast.backupEnv" -}}
{{- $backups := .root.Values.backups -}}
- { name: HOLDFAST_SERVICE, value: {{ .service.contexts }} }
- { name: HOLDFAST_BACKUP_DIR, value: /backups }
- { name: HOLDFAST_BACKUP_SCRATCH, value: /scratch }
- { name: HOLDFAST_BACKUP_KEEP_DAYS, value: {{ $backups.keepDays | quote }} }
- { name: HOLDFAST_BACKUP_DATABASE_FILE, value: /run/secrets/holdfast/database }
{{- with $backups.recipient }}
- { name: HOLDFAST_BACKUP_RECIPIENT, value: {{ . | quote }} }
{{- end }}
{{- if and .opens $backups.identity.secret }}
- { name: HOLDFAST_BACKUP_IDENTITY_FILE, value: /run/secrets/holdfast/identity }
{{- end }}
{{- end }}

{{- define "holdfast.backupMounts" -}}
- { name: secrets, mountPath: /run/secrets/holdfast, readOnly: true }
- { name: backups, mountPath: /backups }
- { name: scratch, mountPath: /scratch }
- { name: tmp, mountPath: /tmp }
{{- end }}

{{- define "holdfast.backupVolumes" -}}
{{- $backups := .root.Values.backups -}}
- name: secrets
  projected:
    defaultMode: 288 # 0440
    sources:
      - secret:
          name: {{ .service.backup.secret }}
          items: [{ key: {{ .service.backup.key }}, path: database }]
      {{- if and .opens $backups.identity.secret }}
      - secret:
          name: {{ $backups.identity.secret }}
          items: [{ key: {{ $backups.identity.key }}, path: identity }]
      {{- end }}
- name: backups
  persistentVolumeClaim: { claimName: {{ .claim }} }
- name: scratch
  emptyDir: { sizeLimit: {{ $backups.scratchSize }} }
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
{{- end }}
