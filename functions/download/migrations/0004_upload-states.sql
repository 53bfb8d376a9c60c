-- What happens to a video up to its upload is known here too, so that a download can say why there is nothing.
ALTER TABLE artifact
  DROP CONSTRAINT artifact_state_check,
  ADD CONSTRAINT artifact_state_check CHECK (
    state IN ('AWAITED', 'NOT_UPLOADED', 'PENDING', 'AVAILABLE', 'EXPIRED', 'REFUSED', 'DISCARDED', 'DELETED')
  ),
  -- Why the upload was refused, a sentence for the user.
  ADD COLUMN refusal text,
  ADD CONSTRAINT artifact_refusal_check CHECK (state <> 'REFUSED' OR refusal IS NOT NULL);
