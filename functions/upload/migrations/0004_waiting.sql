-- Since when a video waits for its extraction: in UPLOADED, until a run takes it on.
ALTER TABLE video ADD COLUMN uploaded_at timestamptz;
UPDATE video SET uploaded_at = updated_at WHERE status = 'UPLOADED';

CREATE INDEX video_waiting ON video (uploaded_at, id) WHERE status = 'UPLOADED' AND deleted_at IS NULL;
