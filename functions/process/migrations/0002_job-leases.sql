-- A run holds its job for as long as it gives signs of life; what is needed to tell of its death is kept with it.
ALTER TABLE job
  ADD COLUMN lease_expires_at timestamptz,
  ADD COLUMN command_id uuid,
  ADD COLUMN correlation_id text;

CREATE INDEX job_leased ON job (lease_expires_at) WHERE status = 'RUNNING';
