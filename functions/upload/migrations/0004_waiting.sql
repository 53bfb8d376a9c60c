-- When a video began to wait for its extraction. It waits in UPLOADED until a run claims it.
ALTER TABLE video ADD COLUMN uploaded_at timestamptz;
UPDATE video SET uploaded_at = updated_at WHERE status = 'UPLOADED';

CREATE INDEX video_waiting ON video (uploaded_at, id) WHERE status = 'UPLOADED' AND deleted_at IS NULL;
