-- States of a video up to its upload, so that a response can explain why there is no download.
ALTER TABLE artifact
  DROP CONSTRAINT artifact_state_check,
  ADD CONSTRAINT artifact_state_check CHECK (
    state IN ('AWAITED', 'NOT_UPLOADED', 'PENDING', 'AVAILABLE', 'EXPIRED', 'REFUSED', 'DISCARDED', 'DELETED')
  ),
  -- Why the upload was refused, in a sentence for the user.
  ADD COLUMN refusal text,
  ADD CONSTRAINT artifact_refusal_check CHECK (state <> 'REFUSED' OR refusal IS NOT NULL);
