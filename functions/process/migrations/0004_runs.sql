-- Runs end by a time of their own, whatever their process does; a lapsed lease is first suspected, then judged.
ALTER TABLE job
  -- No lease goes beyond it: the attempt's time limit and a margin.
  ADD COLUMN ends_at timestamptz,
  -- When a sweep first saw the lease lapsed; a renewal clears it.
  ADD COLUMN suspected_at timestamptz,
  -- The payload of FILE_PROCESSED, to be repeated when the attempt is ordered again.
  ADD COLUMN result jsonb;

-- Every run that may have left output in the bucket, except the one that won. Each writes below a prefix of its own.
CREATE TABLE run (
  run_id uuid PRIMARY KEY,
  video_id uuid NOT NULL,
  user_id uuid NOT NULL,
  ends_at timestamptz NOT NULL,
  -- When its output was removed for the first time. It is removed once more after ends_at: the run may have written on.
  collected_at timestamptz
);

CREATE INDEX run_ends_at ON run (ends_at);
